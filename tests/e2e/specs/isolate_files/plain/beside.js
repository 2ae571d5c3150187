exports.name = 'beside the child';
