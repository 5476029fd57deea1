// Node runs TypeScript by itself, but not below node_modules, where Netwright lies when it is installed as a package.
// This takes the types out of Netwright's own files there, as Node does elsewhere: lines and columns stay as they are.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';

const root = new URL('..', import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    const { href, pathname } = new URL(url);
    const isOurs =
      href.startsWith(root) &&
      pathname.endsWith('.ts') &&
      !pathname.slice(new URL(root).pathname.length).includes('node_modules/');
    if (!isOurs) return nextLoad(url, context);
    return {
      format: 'module',
      source: stripTypeScriptTypes(readFileSync(new URL(pathname, 'file:'), 'utf8')),
      shortCircuit: true,
    };
  },
});
