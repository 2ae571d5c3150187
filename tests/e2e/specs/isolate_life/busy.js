isolate.env.started();
for (;;);
