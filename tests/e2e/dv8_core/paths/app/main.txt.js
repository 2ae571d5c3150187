module.exports = typeof setTimeout;
