import { mount } from 'svelte';

import App from './App.svelte';
import type { Host } from './host/host';

import './styles/app.css';

async function chosenHost(): Promise<Host> {
  // The stand-in is for development only; a production build has no trace of it.
  if (import.meta.env.DEV) return (await import('./host/fake-states')).fakeFromAddress();
  return (await import('./host/tauri')).tauri;
}

const target = document.getElementById('app');
if (target) mount(App, { target, props: { host: await chosenHost() } });
