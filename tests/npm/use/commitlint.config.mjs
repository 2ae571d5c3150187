export default { rules: { 'type-enum': [2, 'always', ['fix', 'docs']], 'subject-empty': [2, 'never'], 'header-max-length': [1, 'always', 20] } };
