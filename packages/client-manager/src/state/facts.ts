import type { EventOf } from './manager-event.js';
import type { ClientSight, Facts, Link } from './manager-state.js';

type FactEvent = EventOf<
  | 'client-answered'
  | 'client-silent'
  | 'client-left'
  | 'registered'
  | 'registration-failed'
  | 'server-manager-heard'
  | 'server-manager-silent'
  | 'forgotten'
  | 'news-asked'
>;

/** What is known after an event; the same value where it tells nothing new. */
export function learn(facts: Facts, event: FactEvent): Facts {
  switch (event.kind) {
    case 'client-answered':
      return heardOfTask(
        {
          ...facts,
          client: answering(facts.client, event),
          hasClientRested: facts.hasClientRested || !event.report.isTraining,
          nextLookAt: event.nextLookAt,
        },
        event,
      );
    case 'client-silent': {
      const { at, error, nextLookAt } = event;
      const since = facts.client.kind === 'silent' ? facts.client.since : at;
      // Who has left is expected to be silent.
      const client: ClientSight =
        facts.client.kind === 'left' ? facts.client : { kind: 'silent', since, error };
      return { ...facts, client, nextLookAt };
    }
    case 'client-left':
      return { ...facts, client: { kind: 'left', since: event.at }, hasClientRested: true };
    case 'news-asked':
      return { ...facts, nextNewsAt: event.nextNewsAt };
    case 'server-manager-heard': {
      const { othersRun = facts.othersRun } = event;
      return { ...facts, othersRun, link: linkAfter(facts.link, event) };
    }
    default:
      return { ...facts, link: linkAfter(facts.link, event) };
  }
}

function answering(before: ClientSight, { at, report }: EventOf<'client-answered'>): ClientSight {
  const known = before.kind === 'answering' ? before : { since: at, isBelieved: true };
  const isBelieved = known.isBelieved || report.session !== null || !report.isTraining;
  return { kind: 'answering', since: known.since, report, isBelieved };
}

/** A client that now has another task is another device to the server manager. */
function heardOfTask(facts: Facts, { at, report }: EventOf<'client-answered'>): Facts {
  const { link } = facts;
  if (link.kind === 'unregistered' || link.taskId === report.taskId) return facts;
  return { ...facts, link: { kind: 'unregistered', since: at, error: null, nextAttemptAt: at } };
}

function linkAfter(
  link: Link,
  event: EventOf<
    'registered' | 'registration-failed' | 'server-manager-heard' | 'server-manager-silent' | 'forgotten'
  >,
): Link {
  const { at } = event;
  switch (event.kind) {
    case 'registered':
      return { kind: 'registered', since: at, taskId: event.taskId, api: event.api };
    case 'registration-failed': {
      const since = link.kind === 'unregistered' ? link.since : at;
      return { kind: 'unregistered', since, error: event.error, nextAttemptAt: event.nextAttemptAt };
    }
    case 'server-manager-heard':
      return link.kind === 'unreachable'
        ? { kind: 'registered', since: at, taskId: link.taskId, api: link.api }
        : link;
    case 'server-manager-silent': {
      if (link.kind === 'unregistered') return link;
      const since = link.kind === 'unreachable' ? link.since : at;
      return { kind: 'unreachable', since, taskId: link.taskId, api: link.api, error: event.error };
    }
    case 'forgotten':
      return { kind: 'unregistered', since: at, error: event.error, nextAttemptAt: at };
  }
}
