// The layers of an image as the form knows them: what the registry has, what is to be sent, and the bytes.

import type { ImageView, LayerPlan, PreflightView } from '../bindings/view';
import { t } from '../i18n/index.svelte';
import { bytes, commas } from './format';

export interface LayerSegment {
  state: LayerPlan;
  size: number;
}

/** Not known to be there means to be sent, when the registry was asked. */
const wasAsked = (preflight: PreflightView | undefined): boolean =>
  preflight?.checks.some((check) => check.id === 'bytes') ?? false;

/** One segment a layer. Before the registry was asked nobody knows what it has. */
export function segments(image: ImageView, preflight: PreflightView | undefined): LayerSegment[] {
  const known = preflight?.layers.length === image.layers.length ? preflight : undefined;
  const asked = wasAsked(preflight);
  return image.layers.map((layer, index) => {
    const plan = known?.layers[index] ?? 'unknown';
    return {
      state: plan === 'unknown' && asked ? 'toSend' : plan,
      size: (known?.sizes[index] ?? 0) || layer.size || layer.declaredSize,
    };
  });
}

/** What the colours mean, in the order in which they come in the bar, with the bytes that the checks speak of. */
export function legend(
  image: ImageView,
  shown: LayerSegment[],
  registry: string,
  preflight: PreflightView | undefined,
) {
  const asked = wasAsked(preflight) ? preflight : undefined;
  const sums = new Map<LayerPlan, number | undefined>([
    ['toSend', asked?.bytesToSend],
    ['there', asked?.bytesThere],
  ]);
  return [...new Set(shown.map((it) => it.state))].map((state) => ({
    state,
    text: t(`layers.${state}`, { registry }),
    bytes:
      sums.get(state) ??
      shown.filter((it) => it.state === state).reduce((sum, it) => sum + it.size, 0),
    // The button and the checks say it, too.
    figure: state === 'toSend' && asked ? 'to send' : undefined,
    about:
      state === 'toSend' &&
      !(asked?.exact ?? image.layers.every((it) => it.sending !== 'compressed')),
  }));
}

/** The bar in words. */
export const inWords = (image: ImageView, entries: ReturnType<typeof legend>): string =>
  `${t('layers.count', { n: image.layers.length })}: ${commas(
    ...entries.map((entry) => `${bytes(entry.bytes)} ${entry.text}`),
  )}`;

/** What to call an image of a file: its name there, or which one it is. */
export const imageTitle = (image: ImageView, index: number): string =>
  image.names[0]?.name ?? t('image.nth', { n: index + 1 });
