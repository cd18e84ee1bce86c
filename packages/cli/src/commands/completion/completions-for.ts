import type { Argument, Command, Option } from 'commander';

/** What may stand at the end of a command line that is being typed. */
export interface Completions {
  readonly candidates: readonly Candidate[];
  /** Whether a file's path may stand there. */
  readonly files: boolean;
  /** Ids that the server manager knows and that may stand there. */
  readonly ids: 'task' | 'run' | undefined;
}

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

const NOTHING: Completions = { candidates: [], files: false, ids: undefined };

/**
 * What may come next. Pure.
 *
 * @param words Those typed after the program's name; the last one is being typed, and may be empty.
 */
export function completionsFor(program: Command, words: readonly string[]): Completions {
  // bash takes `--format=npz` for three words.
  const typed = words.filter((word, i) => word !== '=' || i === 0);
  const { command, position, openOption } = placeAfter(program, typed.slice(0, -1));
  const last = typed.at(-1) ?? '';
  const wanted = wantedAt(command, position, openOption, last);
  return { ...wanted, candidates: wanted.candidates.filter(({ value }) => value.startsWith(last)) };
}

interface Place {
  readonly command: Command;
  /** How many arguments of the command stand there already. */
  readonly position: number;
  /** The option whose value comes next. */
  readonly openOption: Option | undefined;
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let position = 0;
  let openOption: Option | undefined;
  for (const word of words) {
    if (openOption !== undefined) {
      openOption = undefined;
    } else if (word.startsWith('-')) {
      const option = optionsOf(command).find(({ long, short }) => long === word || short === word);
      openOption = option !== undefined && (option.required || option.optional) ? option : undefined;
    } else {
      const below = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      if (below === undefined) position++;
      else [command, position] = [below, 0];
    }
  }
  return { command, position, openOption };
}

function wantedAt(
  command: Command,
  position: number,
  openOption: Option | undefined,
  last: string,
): Completions {
  if (openOption !== undefined) return valuesOf(nameIn(openOption), openOption.argChoices);
  if (last.startsWith('-')) {
    const candidates = optionsOf(command).flatMap(({ long, description, hidden }) =>
      long == null || hidden ? [] : [{ value: long, description }],
    );
    return { ...NOTHING, candidates };
  }
  const commands = command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }));
  const argument = argumentAt(command, position);
  const values = argument === undefined ? NOTHING : valuesOf(argument.name(), argument.argChoices);
  return { ...values, candidates: [...(position === 0 ? commands : []), ...values.candidates] };
}

function argumentAt({ registeredArguments }: Command, position: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[position] ?? (last?.variadic === true ? last : undefined);
}

/** The options of a command and of those above it, which take part wherever they stand. */
function optionsOf(command: Command): readonly Option[] {
  return command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];
}

/** The name of an option's value: `path` of `--model <path>`. */
function nameIn({ flags }: Option): string {
  return /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '';
}

function valuesOf(name: string, choices: readonly string[] | undefined): Completions {
  if (choices !== undefined) return { ...NOTHING, candidates: choices.map(withoutWords) };
  switch (name) {
    case 'path':
    case 'file':
    case 'module':
    case 'dir':
      return { ...NOTHING, files: true };
    case 'task':
    case 'run':
      return { ...NOTHING, ids: name };
    case 'version':
      return { ...NOTHING, candidates: ['latest', 'best'].map(withoutWords) };
    default:
      return NOTHING;
  }
}

function withoutWords(value: string): Candidate {
  return { value, description: '' };
}
