import { z } from 'zod';
import type { CniConfig } from '../../model/facts/ssh.ts';

const pluginSchema = z.object({
  type: z.string(),
  bridge: z.string().optional(),
  mtu: z.number().optional(),
  ipMasq: z.boolean().optional(),
  hairpinMode: z.boolean().optional(),
  ipam: z
    .object({
      subnet: z.string().optional(),
      ranges: z.array(z.array(z.object({ subnet: z.string() }))).optional(),
    })
    .optional(),
});
const configSchema = z.object({ name: z.string(), plugins: z.array(pluginSchema) });
/** A file of one plugin has its fields at the top. */
const singleSchema = pluginSchema.extend({ name: z.string() });

const pluginOf = ({ ipam, ...plugin }: z.infer<typeof pluginSchema>): CniConfig['plugins'][number] => ({
  ...plugin,
  subnets: [...(ipam?.subnet === undefined ? [] : [ipam.subnet]), ...(ipam?.ranges ?? []).flat().map((r) => r.subnet)],
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Network configurations by path. One that cannot be read has no plugins. */
export function readCniConfigs(files: Record<string, unknown>): CniConfig[] {
  return Object.entries(files).map(([path, file]) => {
    const content = typeof file === 'string' ? parsed(file) : file;
    const list = configSchema.safeParse(content).data;
    if (list) return { path, name: list.name, plugins: list.plugins.map(pluginOf) };
    const single = singleSchema.safeParse(content).data;
    if (!single) return { path, plugins: [] };
    const { name, ...plugin } = single;
    return { path, name, plugins: [pluginOf(plugin)] };
  });
}
