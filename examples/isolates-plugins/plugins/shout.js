// Does what it is asked for.
isolate.env.register('shout', function(text) { return text.toUpperCase() + '!'; });
