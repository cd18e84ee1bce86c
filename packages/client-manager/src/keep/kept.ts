import { FEDOPS_ERROR_CODES, FedOpsError, RunIdSchema } from '@fedops/shared-types';
import { z } from 'zod';
import type { ManagerState } from '../state/manager-state.js';

const RunSchema = z.object({
  key: z.string(),
  runId: RunIdSchema.nullable(),
  version: z.int().nullable(),
  serverUrl: z.string().nullable(),
  flowerAddress: z.string().nullable().default(null),
});

const EndSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('train-finished') }),
  z.object({
    state: z.literal('train-failed'),
    reason: z.object({ code: z.enum(FEDOPS_ERROR_CODES), message: z.string() }),
  }),
  z.object({ state: z.literal('out') }),
]);

const BaselineSchema = z
  .object({ stateSince: z.string().nullable(), hasFailed: z.boolean(), version: z.int() })
  .nullable();

const PartSchema = z.discriminatedUnion('phase', [
  z.object({
    phase: z.literal('starting'),
    run: RunSchema,
    baseline: BaselineSchema,
    isPerhapsHeard: z.boolean(),
  }),
  z.object({
    phase: z.literal('training'),
    run: RunSchema,
    baseline: BaselineSchema,
    isRunOver: z.boolean(),
  }),
  z.object({ phase: z.literal('reporting'), run: RunSchema, end: EndSchema, isRunOver: z.boolean() }),
]);

const KeptSchema = z.object({
  part: PartSchema.nullable(),
  last: z.object({ run: RunSchema, end: EndSchema.nullable(), isRunOver: z.boolean() }).nullable(),
});

/** What must outlive the process: the part of a run that is under way, and the last one that is done with. */
export type Kept = z.output<typeof KeptSchema>;

/** What a manager starts from where no file is. */
export const NOTHING_KEPT: Kept = { part: null, last: null };

const MAGIC = 'fedops-client-manager-state';
const VERSION = 1;

/** What of a state is kept. */
export function keptOf(state: ManagerState): Kept {
  return { part: partOf(state), last: state.facts.last };
}

function partOf(state: ManagerState): Kept['part'] {
  switch (state.phase) {
    case 'seeking-client':
    case 'registering':
    case 'waiting':
      return null;
    case 'starting': {
      const { phase, run, baseline } = state;
      const isPerhapsHeard = state.isPerhapsHeard || state.nextAttemptAt === null;
      return { phase, run, baseline, isPerhapsHeard };
    }
    case 'training': {
      const { phase, run, baseline, isRunOver } = state;
      return { phase, run, baseline, isRunOver };
    }
    case 'reporting': {
      const { phase, run, end, isRunOver } = state;
      return { phase, run, end, isRunOver };
    }
  }
}

/** The content of a state file. */
export function stateFileText(kept: Kept): string {
  return `${JSON.stringify({ magic: MAGIC, version: VERSION, ...kept })}\n`;
}

/**
 * What a state file keeps.
 *
 * @param path For the message.
 * @throws {FedOpsError} `storage` where the content is not ours, of another version, or damaged.
 */
export function parseStateFile(text: string, path: string): Kept {
  const content = jsonObject(text);
  if (content?.magic !== MAGIC) throw refused(path, 'expected the state of a FedOps client manager');
  if (content.version !== VERSION) throw refused(path, `expected version ${VERSION}`);
  const kept = KeptSchema.safeParse(content);
  if (!kept.success) throw refused(path, 'it is damaged; remove it to begin without it');
  return kept.data;
}

/** Undefined for a text that is no JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused(path: string, problem: string): FedOpsError {
  return new FedOpsError('storage', `state file ${path}: ${problem}`);
}
