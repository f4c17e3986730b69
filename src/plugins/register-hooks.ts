import nodeModule from 'node:module';

/** Newer than the oldest Node that is supported, so its type definitions do not know it. */
interface SynchronousHooks {
  readonly registerHooks?: (hooks: {
    readonly resolve: unknown;
    readonly load: unknown;
  }) => unknown;
}

let registration: Promise<void> | undefined;

/** Installs the module hooks for strategy files in this thread, once. */
export function registerStrategyHooks(): Promise<void> {
  registration ??= register();
  return registration;
}

async function register(): Promise<void> {
  const { registerHooks } = nodeModule as unknown as SynchronousHooks;
  // Hooks in the same thread where Node has them (22.15 and later); `module.register()` is on its way out there.
  if (registerHooks === undefined) {
    nodeModule.register('./strategy-hooks.js', import.meta.url);
    return;
  }
  const { resolve, load } = await import('./strategy-hooks.js');
  registerHooks({ resolve, load });
}
