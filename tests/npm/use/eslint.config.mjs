const noTea = {
  create: (context) => ({
    Literal(node) {
      if (node.value === 'tea') { context.report({ node, message: 'Coffee is meant.' }); }
    },
  }),
};

export default [
  { files: ['**/*.js'], plugins: { drinks: { rules: { 'no-tea': noTea } } }, rules: { 'drinks/no-tea': 'error' } },
  { files: ['order.js'], languageOptions: { sourceType: 'script' }, rules: { 'no-unused-vars': 'error', eqeqeq: 'warn' } },
];
