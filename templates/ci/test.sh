#!/bin/sh
# Tests the packed program: test.sh PROGRAM
set -eu
[ "$("$1")" = 'hello world' ]
[ "$("$1" you)" = 'hello you' ]
echo 'all tests passed'
