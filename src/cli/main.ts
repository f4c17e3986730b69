process.stdout.write('wus\n');
