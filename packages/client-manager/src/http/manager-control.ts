import type { Clock } from '@fedops/client-api';
import type { ClientLine } from '../client/client-line.js';
import type { DeviceIdentity } from '../keep/device-identity.js';
import type { LineHolder } from '../loops/loop-parts.js';
import type { StateRecord } from '../loops/state-record.js';
import { look } from '../loops/watch-client.js';
import type { ReadSettings } from '../settings.js';
import type { ManagerEvent } from '../state/manager-event.js';
import { infoInBothVocabularies, managerInfoOf } from '../state/manager-info.js';
import type { ManagerState } from '../state/manager-state.js';
import { stateViewOf } from '../state/state-view.js';
import type { ManagerControl } from './manager-router.js';

export interface ManagerControlParts {
  readonly record: StateRecord;
  readonly client: ClientLine;
  readonly clock: Clock;
  readonly server: LineHolder;
  readonly settings: ReadSettings;
  readonly identity: DeviceIdentity;
}

/** What the routes may see and do of a manager. */
export function managerControl(parts: ManagerControlParts): ManagerControl {
  const { record, client, clock, server, settings, identity } = parts;
  const { signal } = new AbortController();
  return {
    door: settings.door,
    info: () =>
      infoInBothVocabularies(
        managerInfoOf(record.state(), {
          clientUrl: settings.client.url,
          serverManagerUrl: settings.serverManager.url,
          deviceId: identity.deviceId,
          mac: settings.labels.mac,
          name: settings.labels.name,
          deviceRecord: server.current?.deviceRecord() ?? null,
        }),
      ),
    view: () => stateViewOf(record.state()),
    now: () => clock.now(),
    async take(event) {
      const before = record.state();
      // What a client of ours tells by its session is worth more than a word that may have been long on its way.
      if (event.kind === 'train-ended' && 'run' in before) await look({ record, client, clock, signal });
      const after = record.dispatch(event);
      await record.kept();
      return effectOf(event, before, after);
    },
  };
}

function effectOf(event: ManagerEvent, before: ManagerState, after: ManagerState) {
  if (event.kind !== 'train-ended') return 'taken';
  if (after !== before && after.phase === 'reporting') return 'taken';
  const done = after.phase === 'reporting' ? after : after.phase === 'waiting' ? after.facts.last : null;
  const isSame = done?.end?.state === event.end.state && isRun(event.runId, done.run.runId);
  return isSame ? 'repeated' : 'nothing-to-end';
}

function isRun(named: string | null, runId: string | null): boolean {
  return named === null || runId === null || named === runId;
}
