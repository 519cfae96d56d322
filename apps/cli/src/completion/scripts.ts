import { FILES } from './complete.js';

/** Both ask the program itself, so that they know what it knows. */
export const SCRIPTS = {
  bash: `# Completion of diecast for bash: source <(diecast completion bash)
_diecast() {
  local line=\${COMP_LINE:0:COMP_POINT} current before='' words candidates
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[-1]}
  mapfile -t candidates < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
  if [[ \${candidates[0]-} == '${FILES}' ]]; then
    compopt -o default
    return
  fi
  # Readline puts in only what comes behind the last colon.
  [[ $COMP_WORDBREAKS == *:* && $current == *:* ]] && before=\${current%"\${current##*:}"}
  COMPREPLY=("\${candidates[@]#"$before"}")
}
complete -F _diecast diecast
`,
  zsh: `#compdef diecast
# Completion of diecast for zsh: source <(diecast completion zsh)
_diecast() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $candidates[1] == '${FILES}' ]]; then
    _files
  else
    compadd -- \${candidates:#}
  fi
}
compdef _diecast diecast
`,
} as const;

export const SHELLS = Object.keys(SCRIPTS) as readonly (keyof typeof SCRIPTS)[];
