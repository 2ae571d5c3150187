#!/bin/sh
echo runs $1
