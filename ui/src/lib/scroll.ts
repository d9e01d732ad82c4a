// Where a page was scrolled to is where one comes back to.

const places = new Map<string, number>();

export const keepScroll = (name: string) => (element: HTMLElement) => {
  element.scrollTop = places.get(name) ?? 0;
  const note = () => places.set(name, element.scrollTop);
  element.addEventListener('scroll', note, { passive: true });
  return () => element.removeEventListener('scroll', note);
};
