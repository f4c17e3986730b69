import type { CompletedCommand, CompletedOption, CompletedValue } from './completion-model.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Returns the script by which a shell completes the words of `wus`. It holds all there is to know: nothing runs on a key press.
 *
 * @param shell - Which.
 * @param commands - From `completionModel()`.
 */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return scripts[shell](commands);
}

/** In single quotes, for all three shells. */
function quoted(text: string, shell: Shell = 'bash'): string {
  return shell === 'fish'
    ? `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The words that lead to commands, in a pattern of `case`. */
function pathPattern(commands: readonly CompletedCommand[]): string {
  return commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join('|');
}

/** One arm of `case` for all options of all commands that take the same. */
function valueArms(
  commands: readonly CompletedCommand[],
  action: (value: CompletedValue) => string,
): string {
  const arms = new Map<string, string[]>();
  for (const { path, options } of commands) {
    for (const { names, value } of options) {
      if (value === undefined) continue;
      const key = action(value);
      arms.set(key, [...(arms.get(key) ?? []), ...names.map((name) => quoted(`${path}:${name}`))]);
    }
  }
  return [...arms]
    .map(([does, patterns]) => `    ${patterns.join('|')})\n      ${does} ;;`)
    .join('\n');
}

function bashScript(commands: readonly CompletedCommand[]): string {
  const value = ({ words, paths }: CompletedValue): string => {
    const parts = [
      ...(words.length > 0 ? [`compgen -W ${quoted(words.join(' '))} -- "$cur"`] : []),
      ...(paths === 'none' ? [] : [`compgen ${paths === 'files' ? '-f' : '-d'} -- "$cur"`]),
    ];
    if (parts.length === 0) return 'return';
    const names = paths === 'none' ? '' : ' compopt -o filenames 2>/dev/null;';
    return `mapfile -t COMPREPLY < <(${parts.join('; ')});${names} return`;
  };
  const flags = commands.map(
    ({ path, options }) =>
      `      ${quoted(path)}) all=${quoted(options.flatMap(({ names }) => names).join(' '))} ;;`,
  );
  const words = commands.map(({ path, children, argument }) => {
    const names = [...children.map(({ name }) => name), ...argument.words];
    const files = argument.paths === 'none' ? '' : ' files=1';
    return `      ${quoted(path)}) all=${quoted(names.join(' '))}${files} ;;`;
  });
  return `# bash completion of wus. Once: source <(wus completion bash)
# Always: wus completion bash > ~/.local/share/bash-completion/completions/wus
_wus() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" at='' all='' files='' i
  COMPREPLY=()
  # --flag=value comes as three words.
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${at:+$at }\${COMP_WORDS[i]}" in
      ${pathPattern(commands)}) at="\${at:+$at }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at:$prev" in
${valueArms(commands, value)}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${flags.join('\n')}
    esac
  else
    case "$at" in
${words.join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$all" -- "$cur"; [[ -n $files ]] && compgen -f -- "$cur")
  [[ -n $files ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _wus wus
`;
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const value = ({ words, paths }: CompletedValue): string => {
    const parts = [
      ...(words.length > 0 ? [`compadd -- ${words.map((word) => quoted(word)).join(' ')}`] : []),
      ...(paths === 'none' ? [] : [paths === 'files' ? '_files' : '_files -/']),
    ];
    return [...parts, 'return'].join('; ');
  };
  const item = (name: string, description: string): string =>
    quoted(`${name.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`);
  const flags = commands.map(({ path, options }) => {
    const items = options.flatMap(({ names, description }) =>
      names.map((name) => item(name, description)),
    );
    return `      ${quoted(path)}) all=(${items.join(' ')}) ;;`;
  });
  const words = commands.map(({ path, children, argument }) => {
    const items = children.map(({ name, description }) => item(name, description));
    const files = argument.paths === 'none' ? '' : ' files=1';
    return `      ${quoted(path)}) all=(${[...items, ...argument.words.map((word) => quoted(word))].join(' ')})${files} ;;`;
  });
  return `#compdef wus
# zsh completion of wus. Once: source <(wus completion zsh)
# Always: wus completion zsh > "\${fpath[1]}/_wus"
_wus() {
  local at='' files='' word i
  local -a all
  for ((i = 2; i < CURRENT; i++)); do
    word="\${at:+$at }\${words[i]}"
    case "$word" in
      ${pathPattern(commands)}) at="$word" ;;
    esac
  done
  case "$at:\${words[CURRENT-1]}" in
${valueArms(commands, value)}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    case "$at" in
${flags.join('\n')}
    esac
  else
    case "$at" in
${words.join('\n')}
    esac
  fi
  (( \${#all} )) && _describe 'wus' all
  [[ -n $files ]] && _files
  return 0
}
if [[ \${funcstack[1]} == _wus ]]; then _wus "$@"; elif (( \${+functions[compdef]} )); then compdef _wus wus; fi
`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const option = (path: string, { names, description, value }: CompletedOption): string => {
    const flags = names.map((name) =>
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
    );
    const words =
      value === undefined || value.words.length === 0
        ? ''
        : ` -a ${quoted(value.words.join(' '), 'fish')}`;
    const takes =
      value === undefined
        ? ''
        : value.paths === 'none'
          ? ` -x${words}`
          : ` -r${value.paths === 'folders' ? " -f -a '(__fish_complete_directories)'" : ' -F'}${words}`;
    return `complete -c wus -n ${at(path)} ${flags.join(' ')}${takes} -d ${quoted(description, 'fish')}`;
  };
  const at = (path: string): string =>
    quoted(`__wus_at ${path === '' ? "''" : `"${path}"`}`, 'fish');
  const lines = commands.flatMap(({ path, children, options, argument }) => [
    ...children.map(
      ({ name, description }) =>
        `complete -c wus -n ${at(path)} -f -a ${name} -d ${quoted(description, 'fish')}`,
    ),
    ...options.map((one) => option(path, one)),
    ...(argument.paths === 'files' ? [`complete -c wus -n ${at(path)} -F`] : []),
    ...(argument.words.length === 0
      ? []
      : [`complete -c wus -n ${at(path)} -a ${quoted(argument.words.join(' '), 'fish')}`]),
  ]);
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path, 'fish'));
  return `# fish completion of wus. Once: wus completion fish | source
# Always: wus completion fish > ~/.config/fish/completions/wus.fish
function __wus_at
    set -l at ''
    for word in (commandline -opc)[2..]
        set -l longer (string trim -- "$at $word")
        if contains -- $longer ${paths.join(' ')}
            set at $longer
        end
    end
    test "$at" = "$argv[1]"
end
complete -c wus -f
${lines.join('\n')}
`;
}
