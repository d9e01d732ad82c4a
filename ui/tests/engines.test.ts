// Docker and Podman: whether they answer, and what they have.

import { beforeEach, describe, expect, it } from 'vitest';

import { FakeHost } from '../src/backend/fake';
import { engineView } from '../src/backend/fake-engines';
import { engineName, EnginesModel } from '../src/shell/engines.svelte';

let host: FakeHost;
beforeEach(() => (host = new FakeHost()));

const asked = () => host.asked.filter(({ name }) => name === 'engines').length;

describe('the engines', () => {
  it('are asked once by all who look, and again by whoever wants that', async () => {
    const model = new EnginesModel(host);
    const looks = [model.load(), model.load()];
    expect(model.loading).toBe(true);
    await Promise.all(looks);
    await model.load();
    expect([asked(), model.loading, model.running.length]).toEqual([1, false, 2]);
    host.engineViews = [engineView('docker', 'notInstalled'), engineView('podman', 'notInstalled')];
    await model.check();
    expect([asked(), model.none, model.running.length]).toEqual([2, true, 0]);
  });

  it('are called with as much of their version as people say', () => {
    expect(engineName(engineView('docker'))).toBe('Docker 29.1');
    expect(engineName(engineView('podman', 'notRunning'))).toBe('Podman');
  });

  it('stay as they were while they cannot be asked', async () => {
    const model = new EnginesModel(host);
    await model.load();
    host.engines = () => Promise.reject({ code: 'internal', message: 'gone' } as never);
    await model.check();
    expect([model.failure?.message, model.running.length]).toEqual(['gone', 2]);
  });
});
