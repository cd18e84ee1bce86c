import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Kill, type KillingGround, openKillingGround, type SurvivedKills } from './kills.js';
import { seededRandom } from './seeded-random.js';
import { isLongForm } from './test-form.js';

const TIMEOUT_MS = isLongForm ? 3_600_000 : 300_000;
const SHORT_BOUNDARIES = 7;

const random = seededRandom(3);
const began = performance.now();
let ground: KillingGround;
let undisturbed: SurvivedKills;
let boundaries: number;
/** Of the shortest run in which nobody was killed. */
let runMs: number;
let points = 0;
let survived = 0;
let killed = 0;

beforeAll(async () => {
  ground = await openKillingGround();
  undisturbed = await ground.survive([]);
  if (undisturbed.boundaries === undefined) throw new Error('the undisturbed server did not close');
  ({ boundaries, runMs } = undisturbed);
}, TIMEOUT_MS);

afterAll(async () => {
  await ground.close();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const counts = `${points} trials with ${killed} servers killed: ${survived} survived, in ${seconds} s`;
  process.stdout.write(`${counts}; ${boundaries} boundaries\n`);
});

/** What went wrong in each trial; the same model and the same version, after the kills, are right. */
async function faultsOf(trials: readonly (readonly Kill[])[]): Promise<string[]> {
  const faults: string[] = [];
  for (const kills of trials) {
    const fault = await faultOf(kills);
    points += 1;
    if (fault === undefined) survived += 1;
    else faults.push(`${kills.map(described).join(', then ')}: ${fault}`);
  }
  return faults;
}

async function faultOf(kills: readonly Kill[]): Promise<string | undefined> {
  try {
    const trial = await ground.survive(kills);
    killed += trial.kills;
    if (trial.kills === 0) runMs = Math.min(runMs, trial.runMs);
    if (isSpared(kills, trial)) return 'the server passed the boundary and lived';
    if (trial.digest !== undisturbed.digest) return `another model, ${trial.digest}`;
    return trial.version === 1 ? undefined : `published as V${trial.version}`;
  } catch (error) {
    return String(error);
  }
}

/** Runs differ a little in their boundaries, as the journal groups its commits: one may end before its kill. */
function isSpared([first]: readonly Kill[], trial: SurvivedKills): boolean {
  if (first?.kind !== 'boundary' || trial.kills > 0) return false;
  return trial.boundaries === undefined || trial.boundaries >= first.at;
}

function described(kill: Kill): string {
  return kill.kind === 'boundary' ? `boundary ${kill.at}` : `${kill.afterMs.toFixed(0)} ms`;
}

function boundary(at: number): Kill {
  return { kind: 'boundary', at };
}

function someBoundary(most: number): Kill {
  return boundary(1 + Math.floor(random() * most));
}

function someMoment(): Kill {
  return { kind: 'moment', afterMs: random() * runMs };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

it('an undisturbed run has many boundaries, and nobody is killed in it', () => {
  expect(undisturbed).toMatchObject({ kills: 0, version: 1 });
  expect(boundaries).toBeGreaterThan(100);
});

it(
  'a server killed before and after each operation of its disk makes the same model',
  async () => {
    const count = isLongForm ? boundaries : SHORT_BOUNDARIES;
    const trials = times(count, (index) => [boundary(Math.round(((index + 1) * boundaries) / count))]);
    const before = killed;
    expect(await faultsOf(trials)).toEqual([]);
    expect(killed - before).toBeGreaterThan(trials.length * 0.5);
  },
  TIMEOUT_MS,
);

it(
  'a server killed at any moment of the run makes the same model',
  async () => {
    const [wanted, before] = [isLongForm ? 40 : 3, killed];
    const faults: string[] = [];
    // A run that is over before its moment tells how short runs are; the next moment comes sooner.
    for (let trial = 0; trial < 3 * wanted && killed - before < wanted; trial++)
      faults.push(...(await faultsOf([[someMoment()]])));
    expect(faults).toEqual([]);
    expect(killed - before).toBe(wanted);
  },
  TIMEOUT_MS,
);

it(
  'a server killed while it resumes makes the same model',
  async () => {
    const resumption = () => [someBoundary(boundaries), someBoundary(30)];
    expect(await faultsOf(times(isLongForm ? 30 : 1, resumption))).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'a server killed again and again makes the same model',
  async () => {
    const often = () => [someBoundary(120), someMoment(), someBoundary(120)];
    expect(await faultsOf(times(isLongForm ? 20 : 1, often))).toEqual([]);
  },
  TIMEOUT_MS,
);
