#!/bin/sh
# Stands in for Apple's C compiler, whose headers may not be passed on. What is only checked is never linked, so an empty object does
# for whatever is to be compiled; what a build script asks of the preprocessor is answered by the system's own.
# A compiler of Microsoft's kind has help behind this word; whoever asks takes a yes for one.
[ "$1" != "-?" ] || exit 1
previous=
output=
compiles=
for word in "$@"; do
  [ "$previous" != -o ] || output=$word
  [ "$word" != -c ] || compiles=yes
  previous=$word
done
if [ -n "$compiles" ] && [ -n "$output" ]; then
  : > "$output"
  exit 0
fi
case " $* " in
  *" -E "*) exec cc -E "$previous" ;;
esac
