/**
 * `execute` in shells whose rc files, prompts and frameworks do as they please with what our marks hang on: they come
 * before us, after us, again and again, and lock what they have.
 */
import { describe, expect, test } from 'bun:test';
import { done, missing, Shell } from './shell.ts';

/** What is done to the shell, in its rc file or later. */
interface Change {
  readonly what: string;
  readonly script: string;
}

/** What is left of the marks: exit codes too, or only that commands are answered as soon as the prompt is back. */
type Left = 'exact' | 'prompt';

async function holds(sh: Shell, left: Left): Promise<void> {
  for (const exitCode of [5, 0, 7]) {
    const answer = await sh.execute(`echo out; (exit ${exitCode})`);
    expect(answer).toMatchObject(left === 'exact' ? done('out\n', exitCode) : { output: 'out\n', status: 'done' });
  }
  expect(await sh.execute('if )(')).toMatchObject({ status: 'done', output: expect.stringContaining('error') });
  const part = expect.stringMatching(left === 'exact' ? /^part$/ : /^part/);
  expect(await sh.execute('echo "$?" >/dev/null; printf part')).toMatchObject({ output: part, status: 'done' });
}

const STARSHIP = `
starship_precmd() {
  STARSHIP_CMD_STATUS=$?
  if [[ -n \${STARSHIP_PROMPT_COMMAND-} ]]; then (exit $STARSHIP_CMD_STATUS); eval "$STARSHIP_PROMPT_COMMAND"; fi
  PS1="[$STARSHIP_CMD_STATUS] > "
}
if [[ -z "\${PROMPT_COMMAND-}" ]]; then PROMPT_COMMAND=starship_precmd
elif [[ $PROMPT_COMMAND != *starship_precmd* ]]; then
  STARSHIP_PROMPT_COMMAND=$PROMPT_COMMAND
  PROMPT_COMMAND=starship_precmd
fi
PS0='\${STARSHIP_START_TIME:$((STARSHIP_START_TIME=1,0)):0}'"\${PS0-}"
`;
const BASH_PREEXEC = `
__bp_ran=
__bp_precmd() { local status=$?; (exit $status); __bp_set=$status; }
__bp_interactive_mode() { __bp_interactive=on; }
__bp_trap() {
  local line=$BASH_COMMAND
  [[ -n "\${__bp_interactive-}" ]] || return
  case "\${PROMPT_COMMAND[*]}" in *"$line"*) __bp_interactive=; return;; esac
  __bp_interactive=
  __bp_ran=$line
}
__bp_install() {
  local existing="\${PROMPT_COMMAND:-}"
  existing="\${existing//__bp_install/:}"
  PROMPT_COMMAND=__bp_precmd
  PROMPT_COMMAND+=$'\\n'$existing
  PROMPT_COMMAND+=(__bp_interactive_mode)
  trap '__bp_trap' DEBUG
}
PROMPT_COMMAND="\${PROMPT_COMMAND:+$PROMPT_COMMAND; }__bp_install"
`;
const DIRENV = `
_direnv_hook() { local previous=$?; true; return $previous; }
if [[ ";\${PROMPT_COMMAND[*]:-};" != *";_direnv_hook;"* ]]; then
  if [[ "$(declare -p PROMPT_COMMAND 2>&1)" == "declare -a"* ]]; then
    PROMPT_COMMAND=(_direnv_hook "\${PROMPT_COMMAND[@]}")
  else
    PROMPT_COMMAND="_direnv_hook\${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
  fi
fi
`;
const ZOXIDE = `
__zoxide_hook() { local -r retval="$?"; return "$retval"; }
if [[ \${PROMPT_COMMAND:=} != *__zoxide_hook* ]]; then PROMPT_COMMAND="__zoxide_hook;\${PROMPT_COMMAND#;}"; fi
`;

const IN_BASH: readonly (Change & { readonly left?: Left })[] = [
  { what: 'replaces PROMPT_COMMAND', script: 'PROMPT_COMMAND="history -a"' },
  { what: 'prepends to PROMPT_COMMAND', script: 'PROMPT_COMMAND="history -a; ${PROMPT_COMMAND-}"' },
  { what: 'appends to PROMPT_COMMAND', script: 'PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND; }history -a"' },
  { what: 'appends an element', script: 'PROMPT_COMMAND+=("history -a")' },
  { what: 'prepends an element', script: 'PROMPT_COMMAND=("history -a" "${PROMPT_COMMAND[@]}")' },
  { what: 'replaces the array', script: 'PROMPT_COMMAND=("history -a" true)' },
  { what: 'unsets PROMPT_COMMAND', script: 'unset PROMPT_COMMAND' },
  { what: 'empties PROMPT_COMMAND', script: 'PROMPT_COMMAND=' },
  { what: 'unsets it and sets it anew', script: 'unset PROMPT_COMMAND; PROMPT_COMMAND="history -a"' },
  { what: 'locks PROMPT_COMMAND', script: 'readonly PROMPT_COMMAND="history -a"' },
  { what: 'unsets and locks PROMPT_COMMAND', script: 'unset PROMPT_COMMAND; readonly PROMPT_COMMAND=true' },
  { what: 'replaces PS1', script: 'PS1="new> "' },
  { what: 'replaces PS0', script: 'PS0="<ran>"' },
  { what: 'unsets PS0', script: 'unset PS0' },
  { what: 'locks PS1', script: 'readonly PS1="locked> "' },
  { what: 'locks PS0', script: 'readonly PS0=' },
  { what: 'makes PS1 anew at each prompt', script: 'PROMPT_COMMAND=\'PS1="made> "\'' },
  { what: 'makes PS1 anew at each prompt, after us', script: 'PROMPT_COMMAND+=(\'PS1="late> "\')' },
  { what: 'takes away promptvars', script: 'shopt -u promptvars; PS1="plain> "' },
  { what: 'replaces PROMPT_COMMAND and PS1', script: 'PROMPT_COMMAND="history -a"; PS1="new> "' },
  { what: 'takes strict options', script: 'set -u; set -o noclobber; IFS=:; set -f' },
  { what: 'traces', script: 'PS4="+ "; shopt -s extdebug' },
  { what: 'has a prompt of several lines', script: 'PS1="\\n\\w\\n> "' },
  { what: 'installs starship', script: STARSHIP },
  { what: 'installs bash-preexec', script: BASH_PREEXEC },
  { what: 'installs direnv', script: DIRENV },
  { what: 'installs zoxide', script: ZOXIDE },
  { what: 'installs all of them', script: BASH_PREEXEC + STARSHIP + DIRENV + ZOXIDE },
  {
    what: 'takes everything away',
    script:
      'PROMPT_COMMAND=(); PS1="$ " PS0= PS2="> "; __agent_server_first() { :; }; __agent_server_last() { :; }; unset __agent_server_run',
    left: 'prompt',
  },
];

describe.concurrent.skipIf(missing('bash')).each(IN_BASH)('bash that $what', ({ script, left = 'exact' }) => {
  test('in its rc file', async () => {
    await using sh = await Shell.open({ shell: 'bash' }, { '.bashrc': `PS1='\\w> '\n${script}\n` });
    await holds(sh, left);
    expect(sh.terminal.read().data).not.toMatch(/readonly variable|unbound variable|command not found.*__/);
  }, 60_000);

  test('in its rc file, read again and again', async () => {
    await using sh = await Shell.open({ shell: 'bash' }, { again: `${script}\n`, '.bashrc': `PS1='$ '\n` });
    await holds(sh, 'exact');
    for (let round = 0; round < 2; round += 1) {
      await sh.execute('true');
      expect(await sh.execute('. ~/again')).toMatchObject({ status: 'done' });
      await holds(sh, left);
    }
    expect(sh.terminal.read().data).not.toMatch(/agent_server.*(readonly|unbound)/);
  }, 60_000);
});

const IN_ZSH: readonly (Change & { readonly left?: Left })[] = [
  { what: 'replaces precmd_functions', script: 'own() { PS1="made> " }; precmd_functions=(own)' },
  { what: 'prepends to precmd_functions', script: 'own() { true }; precmd_functions=(own $precmd_functions)' },
  { what: 'unsets the hooks', script: 'unset precmd_functions preexec_functions' },
  { what: 'empties the hooks', script: 'precmd_functions=() preexec_functions=()' },
  { what: 'locks precmd_functions', script: 'own() { true }; precmd_functions=(own); typeset -gr precmd_functions' },
  { what: 'locks preexec_functions', script: 'preexec_functions=(); typeset -gr preexec_functions' },
  { what: 'defines zle-line-init', script: 'zle-line-init() { true }; zle -N zle-line-init' },
  {
    what: 'defines it, and empties the hooks',
    script: 'zle-line-init() { true }; zle -N zle-line-init; preexec_functions=()',
  },
  { what: 'replaces the mark for unfinished lines', script: 'PROMPT_EOL_MARK=""; unsetopt prompt_sp' },
  {
    what: 'makes its prompt like oh-my-zsh',
    script:
      "setopt prompt_subst; autoload -Uz add-zsh-hook; omz() { true }; add-zsh-hook precmd omz; PS1='%1~ $(echo git) %# '",
  },
  {
    what: 'makes its prompt like powerlevel',
    script:
      'p9k_precmd() { local s=$?; PS1="%# "; RPROMPT="%* $s"; precmd_functions=(${precmd_functions:#p9k_precmd} p9k_precmd) }; p9k_preexec() { true }; precmd_functions=(p9k_precmd $precmd_functions); preexec_functions=(p9k_preexec $preexec_functions); PROMPT_EOL_MARK="%B~%b"',
  },
  {
    what: 'installs starship',
    script:
      'starship_precmd() { STATUS=$?; PROMPT="[$STATUS] > " }; starship_preexec() { true }; autoload -Uz add-zsh-hook; add-zsh-hook precmd starship_precmd; add-zsh-hook preexec starship_preexec; zle-keymap-select() { zle reset-prompt }; zle -N zle-keymap-select; bindkey -v',
  },
  { what: 'takes strict options', script: 'setopt no_unset ksh_arrays sh_word_split no_clobber warn_create_global' },
  {
    what: 'takes everything away',
    script:
      'precmd_functions=() preexec_functions=(); zle-line-init() { true }; zle -N zle-line-init; typeset -gr precmd_functions preexec_functions',
    left: 'prompt',
  },
];

describe.concurrent.skipIf(missing('zsh')).each(IN_ZSH)('zsh that $what', ({ script, left = 'exact' }) => {
  test('in its rc file', async () => {
    await using sh = await Shell.open({ shell: 'zsh' }, { '.zshrc': `PS1='%~> '\n${script}\n` });
    await holds(sh, left);
    expect(sh.terminal.read().data).not.toMatch(/read-only|parameter not set|bad pattern/);
  }, 60_000);

  test('in its rc file, read again and again', async () => {
    await using sh = await Shell.open({ shell: 'zsh' }, { again: `${script}\n`, '.zshrc': `PS1='%# '\n` });
    await holds(sh, 'exact');
    for (let round = 0; round < 2; round += 1) {
      await sh.execute('true');
      expect(await sh.execute('. ~/again')).toMatchObject({ status: 'done' });
      await holds(sh, left);
    }
  }, 60_000);
});
