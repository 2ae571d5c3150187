// Node finds the names of CommonJS in its text: those stay when esbuild has written it anew.
import { annotated, other } from 'annotated';
import { deep, passedOn } from 'passes-on';
import { ofBabel } from 'babel-like';
import { wrapped } from './wrap.cjs';

console.log(annotated(), other, passedOn, deep, ofBabel, wrapped, MODE);
