// Takes a processor for itself.
isolate.env.register('endless', function() { for (;;); });
