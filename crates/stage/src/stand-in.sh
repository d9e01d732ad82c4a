#!/bin/sh
# Stands in for another program, by whose name it is linked: records what it is given, and answers what the test put
# beside it. Only the shell's own commands and absolute paths: the tests' PATH holds stand-ins alone.
here=${0%/*}
me=${0##*/}
case $me in
gh) action=$2 ;;
*) action=$1 ;;
esac
printf '%s\n' "$me $*" >>"$here/arguments"
export -p >>"$here/environment"
/bin/cat >"$here/$me.$action.input"
if [ -e "$here/$me.$action.only" ] && [ "$(/bin/cat "$here/$me.$action.only")" != "$(/bin/cat "$here/$me.$action.input")" ]; then
  printf 'credentials not found in native keychain'
  exit 1
fi
if [ -e "$here/$me.$action.hangs" ]; then exec /bin/sleep 600; fi
if [ -e "$here/$me.$action.answer" ]; then /bin/cat "$here/$me.$action.answer"; fi
if [ -e "$here/$me.$action.fails" ]; then exit 1; fi
