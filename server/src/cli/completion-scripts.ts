/**
 * The completion scripts. Each finds out where on the command line the cursor stands and looks up, in tables, what can follow
 * there; no process is started for that, and nothing of what was typed is evaluated.
 */
import type { Place } from './completion.ts';

export function bash(places: readonly Place[]): string {
  const sets = setsOf(places).map(
    ({ at, values }) => `    ${at.map(quoted).join('|')}) words=${quoted(values.join(' '))} ;;`,
  );
  const words = places.map(
    (place) => `    ${quoted(place.path)}) words=${quoted(place.words.map(({ name }) => name).join(' '))} ;;`,
  );
  return `# Completion of project-memory for bash.
_project_memory() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at= before= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # bash takes --flag=value for three words.
    [[ $word == = ]] && continue
${followWord(places)}
  done
  [[ $cur == = ]] && cur=
  case "$at $before" in
${sets.join('\n')}
  esac
  case $before in
    ${openOf(places).join('|')}) [[ -z $words ]] && return ;;
  esac
  [[ -n $words ]] || case $at in
${words.join('\n')}
  esac
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _project_memory project-memory`;
}

export function zsh(places: readonly Place[]): string {
  const sets = setsOf(places).map(
    ({ at, values }) => `    ${at.map(quoted).join('|')}) compadd -- ${values.map(quoted).join(' ')}; return ;;`,
  );
  const words = places.map(
    (place) =>
      `    ${quoted(place.path)}) next=(${place.words.map(({ name, about }) => quoted(`${name}:${about}`)).join(' ')}) ;;`,
  );
  return `#compdef project-memory
# Completion of project-memory for zsh.
_project_memory() {
  local at= before= word
  local -a next
  for word in "\${(@)words[2,CURRENT-1]}"; do
${followWord(places)}
  done
  if [[ $PREFIX == --*=* ]]; then
    before=\${PREFIX%%=*}
    compset -P '*='
  fi
  case "$at $before" in
${sets.join('\n')}
  esac
  case $before in
    ${openOf(places).join('|')}) _files; return ;;
  esac
  case $at in
${words.join('\n')}
  esac
  _describe 'project-memory' next || _files
}
if [[ \${funcstack[1]} == _project[-_]memory ]]; then _project_memory "$@"; else compdef _project_memory project-memory; fi`;
}

export function fish(places: readonly Place[]): string {
  const sets = setsOf(places).map(
    ({ at, values }) => `    case ${at.map(quoted).join(' ')}
      printf "$prefix%s\\n" ${values.map(quoted).join(' ')}
      return`,
  );
  const words = places.map(
    (place) => `    case ${quoted(place.path)}
      printf '%s\\t%s\\n' ${place.words.map(({ name, about }) => `${quoted(name)} ${quoted(about)}`).join(' ')}`,
  );
  return `# Completion of project-memory for fish.
function __project_memory_complete
  set -l at ''
  set -l before ''
  set -l prefix ''
  set -l current (commandline -ct)
  for word in (commandline -opc)[2..-1]
    if not string match -q -- '-*' $word; and test "$before" != --data-root
      switch "$at"
        case ''
          set at $word
        case ${nounsOf(places).join(' ')}
          set at "$at $word"
      end
    end
    set before $word
  end
  if string match -q -- '--*=*' "$current"
    set before (string split -m 1 -- = "$current")[1]
    set prefix "$before="
  end
  switch "$at $before"
${sets.join('\n')}
  end
  switch "$before"
    case ${openOf(places).join(' ')}
      __fish_complete_path "$current"
      return
  end
  switch "$at"
${words.join('\n')}
  end
  test "$at" = 'plan import'; and __fish_complete_path "$current"
end
complete -c project-memory -f -a '(__project_memory_complete)'`;
}

/** In bash and zsh: one word further on the command line. */
function followWord(places: readonly Place[]): string {
  return `    if [[ $word != -* && $before != --data-root ]]; then
      case $at in
        '') at=$word ;;
        ${nounsOf(places).join('|')}) at="$at $word" ;;
      esac
    fi
    before=$word`;
}

/** The words after which a second one belongs to the command. */
function nounsOf(places: readonly Place[]): string[] {
  return places.filter(({ path, inner }) => inner && path !== '').map(({ path }) => path);
}

function openOf(places: readonly Place[]): string[] {
  return [...new Set(places.flatMap(({ open }) => open))];
}

/** Closed sets, each with the places that it is the set of. */
function setsOf(places: readonly Place[]): { at: string[]; values: readonly string[] }[] {
  const all = places.flatMap(({ path, sets }) => sets.map(({ flag, values }) => ({ at: `${path} ${flag}`, values })));
  const groups = Map.groupBy(all, ({ values }) => values.join(' '));
  return [...groups.values()].map((same) => ({ at: same.map(({ at }) => at), values: same[0]?.values ?? [] }));
}

/** In single quotes, on one line, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll(/\s+/g, ' ').replaceAll("'", `'\\''`)}'`;
}
