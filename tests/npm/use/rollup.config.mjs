const shout = { name: 'shout', transform: (code) => code.replace('EUR', 'CHF') };

export default { input: 'main.mjs', output: { file: 'bundle.js', format: 'iife', sourcemap: true }, plugins: [shout] };
