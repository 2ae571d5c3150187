module.exports = { plugins: [{ postcssPlugin: 'shout', Declaration(node) { node.value = node.value.toUpperCase(); } }] };
