import type { OpenRound, RunView } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { aClient, aRound, aView, id } from '../../test/views.js';
import { explanationOf } from './explanation.js';

function said(phase: RunView['state']['phase'], round: Partial<OpenRound>, view: Partial<RunView> = {}) {
  const { state } = aView();
  return explanationOf(aView({ state: { ...state, phase }, openRound: aRound(round), ...view }));
}

function failures(...names: string[]): OpenRound['failures'] {
  return names.map((name) => ({
    clientId: id(name),
    work: 'fit',
    origin: 'reported',
    code: 'internal',
    message: 'broken',
  }));
}

const asked = ['a', 'b', 'c'].map(id);

describe('what a run is doing, in a sentence', () => {
  it.each([
    [0, 'round 2: 0 of 3 updates are in; a quorum is 1'],
    [1, 'round 2: 0 of 3 updates are in, 1 client failed; a quorum is 1'],
    [2, 'round 2: 0 of 3 updates are in, 2 clients failed; a quorum is 1'],
  ])('counts %d failures', (count, text) => {
    expect(said('fitting', { asked, failures: failures('a', 'b').slice(0, count) })).toBe(text);
  });

  it.each([
    [1, 1, 'round 2 begins when 1 client is connected; 1 is'],
    [2, 0, 'round 2 begins when 2 clients are connected; 0 are'],
  ])('needs %d clients and has %d', (clientsNeeded, there, text) => {
    const clients = [aClient('a'), aClient('b')].slice(0, there);
    expect(said('waiting-for-clients', { clientsNeeded }, { clients })).toBe(text);
  });

  it('names the server where it alone evaluates, and counts no clients then', () => {
    expect(said('evaluating', { centralEvaluation: { status: 'running' } })).toBe(
      'round 2: the server evaluates',
    );
    expect(said('evaluating', { asked, centralEvaluation: { status: 'running' } })).toBe(
      'round 2: 0 of 3 evaluations are in; the server evaluates',
    );
    expect(said('evaluating', {})).toBe(aView().state.explanation);
    expect(said('evaluating', { asked })).toBe('round 2: 0 of 3 evaluations are in');
  });
});
