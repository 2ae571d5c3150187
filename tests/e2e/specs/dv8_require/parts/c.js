// Found beside the file that names it, as nothing of that name is in the working folder.
exports.name = 'c'
