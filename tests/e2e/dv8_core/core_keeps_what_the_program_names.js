setTimeout(() => console.log(new Intl.NumberFormat('en').format(1234), typeof env, typeof URL), 1);
console.log(
  Object.getOwnPropertyNames(globalThis)
    .filter((n) => /^(set|Intl|env|URL|clear)/.test(n))
    .sort()
    .join(),
);
