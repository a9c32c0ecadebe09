# Completion of agent-server in bash. The line and the end of it that is replaced have a dot in front, so that none is empty.
_agent_server() {
  local program=${COMP_WORDS[0]/#\~/$HOME} line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <("$program" __complete bash ".${COMP_LINE:0:COMP_POINT}" ".$2" 2>/dev/null </dev/null)
  # More comes behind a folder, and behind the name of a server.
  [[ ${#COMPREPLY[@]} == 1 && $COMPREPLY == *[/:] ]] && compopt -o nospace
}
# Where there is nothing to offer, names of files are.
complete -o default -F _agent_server agent-server
