#compdef agent-server
# Completion of agent-server in zsh, after compinit. Each word has a dot in front, so that none is empty or looks like an option.
_agent_server() {
  local program=${${(Q)words[1]}/#\~/$HOME} line value
  local -a typed found begun
  # Quotes that are open are in the word, and not in $PREFIX.
  typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
  for line in "${(@f)$("$program" __complete "${(@)typed/#/.}" 2>/dev/null </dev/null)}"; do
    [[ -n $line ]] || continue
    # To _describe a colon ends the word; it quotes what needs quotes.
    value=${${${line%%$'\t'*}//\\/\\\\}//:/\\:}
    # More comes behind a folder, and behind the name of a server.
    if [[ $value == *[/:] ]]; then
      begun+=("$value:${line#*$'\t'}")
    else
      found+=("$value:${line#*$'\t'}")
    fi
  done
  if (( $#found + $#begun )); then
    _describe agent-server found -- begun -S ''
  else
    _files
  fi
}
# Read as a file of $fpath it is called at once, read by source it is registered.
if [[ $funcstack[1] == _agent-server ]]; then
  _agent_server "$@"
else
  compdef _agent_server agent-server
fi
