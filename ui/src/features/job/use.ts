// How a published image is used. Commands and file formats are the same in every language.

export const ways: { name: string; line: (reference: string) => string }[] = [
  { name: 'Docker', line: (reference) => `docker pull ${reference}` },
  { name: 'Podman', line: (reference) => `podman pull ${reference}` },
  { name: 'Compose', line: (reference) => `image: ${reference}` },
  { name: 'Kubernetes', line: (reference) => `image: ${reference}` },
  { name: 'FROM', line: (reference) => `FROM ${reference}` },
];
