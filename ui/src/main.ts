import { mount } from 'svelte';

import App from './App.svelte';
import type { Host } from './backend/host';

import './styles/app.css';

async function chosenHost(): Promise<Host> {
  // The stand-in is for development only; a production build has no trace of it.
  if (import.meta.env.DEV) return (await import('./backend/fake-states')).fakeFromAddress();
  return (await import('./backend/tauri')).tauri;
}

const target = document.getElementById('app');
if (target) mount(App, { target, props: { host: await chosenHost() } });
