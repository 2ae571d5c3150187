console.log(
  env().includes('SOME_NAME=a=b'),
  env().every((text) => typeof text === 'string' && text.includes('=')),
);
