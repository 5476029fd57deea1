import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../helpers/diagnose/catalogue/index.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import { LAYERS, type CatalogueEntry } from '../../../helpers/diagnose/entry.ts';
import { FAULTS } from '../../../lab/faults/index.ts';

const ENTRIES = new URL('../../../helpers/diagnose/catalogue/', import.meta.url);
const PAGES = new URL('../../../docs/findings/', import.meta.url);

const SECTIONS = [
  'How it looks',
  'How it is proved',
  'What looks the same',
  'How to mend it',
  'How to verify',
  'In the lab',
];

const codes = catalogue.map(({ code }) => code);
const idsOf = (code: string): string[] => FAULTS.filter((fault) => fault.code === code).map(({ id }) => id);

const files = readdirSync(PAGES).filter((name) => name.endsWith('.md'));
const read = (file: string): string => readFileSync(new URL(file, PAGES), 'utf8');

interface Page {
  code: string;
  title: string;
  intro: string;
  /** Sections by their headings, in the order of the page. */
  sections: Map<string, string>;
}

/** A page, cut at its headings. */
function pageOf(code: string): Page {
  const [head = '', ...parts] = read(`${code}.md`).split(/^## /m);
  const [title = '', ...intro] = head.split('\n');
  return {
    code,
    title,
    intro: intro.join('\n').trim(),
    sections: new Map(
      parts.map((part) => [
        part.split('\n')[0] ?? '',
        part
          .split('\n')
          .slice(1)
          .join('\n')
          .replaceAll(/^\n+|\s+$/g, ''),
      ]),
    ),
  };
}

const pages = files.filter((name) => name !== 'README.md').map((name) => pageOf(name.replace(/\.md$/, '')));
const documented = pages.filter(({ code }) => codes.includes(code));
const lab = (page: Page): string => page.sections.get('In the lab') ?? '';

describe('a finding of the catalogue', () => {
  it('is there once', () => {
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  });

  it('is in the folder of its layer', () => {
    const at = new Map(
      readdirSync(ENTRIES, { recursive: true, encoding: 'utf8' }).map((name) => [basename(name, '.ts'), dirname(name)]),
    );
    expect(catalogue.filter(({ code, layer }) => at.get(code) !== layer).map(({ code }) => code)).toEqual([]);
  });

  it('depends only on findings of earlier layers, and yields only to those of its own', () => {
    const place = ({ layer }: CatalogueEntry) => LAYERS.indexOf(layer);
    const wrong = catalogue.flatMap((entry) => [
      ...entry.dependsOn.filter((cause) => place(cause) >= place(entry)).map(({ code }) => `${entry.code} on ${code}`),
      ...(entry.yieldsTo ?? [])
        .filter((cause) => place(cause) !== place(entry))
        .map(({ code }) => `${entry.code} to ${code}`),
    ]);
    expect(wrong).toEqual([]);
  });

  it('names each finding that explains it once, and only findings of the catalogue', () => {
    const wrong = catalogue.filter(({ dependsOn, yieldsTo = [] }) => {
      const causes = [...dependsOn, ...yieldsTo];
      return new Set(causes).size < causes.length || causes.some((cause) => !catalogue.includes(cause));
    });
    expect(wrong.map(({ code }) => code)).toEqual([]);
  });

  it('is in a file of its name, and whatever a file holds is in the catalogue', async () => {
    const inFiles = await Promise.all(
      readdirSync(ENTRIES, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && dirname(name) !== '.')
        .map(async (name): Promise<string[]> => {
          const exported = Object.values((await import(new URL(name, ENTRIES).href)) as Record<string, unknown>);
          const own = exported.flatMap((each) =>
            typeof each === 'object' && each !== null && 'code' in each && 'match' in each ? [String(each.code)] : [],
          );
          return own.map((code) => `${code} in ${basename(name)}`);
        }),
    );
    expect(inFiles.flat().toSorted()).toEqual(codes.map((code) => `${code} in ${code}.ts`).toSorted());
  });

  it('has a page, and no page is about anything else', () => {
    expect(pages.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
  });
});

describe('a finding without a lab fault', () => {
  it('has a test of its own, with observations that are made by hand', () => {
    const tested = readdirSync(new URL('causes', import.meta.url)).map((name) => name.replace(/\.test\.ts$/, ''));
    expect(codes.filter((code) => idsOf(code).length === 0 && !tested.includes(code))).toEqual([]);
  });
});

describe('a lab fault', () => {
  it('is about a finding of the catalogue', () => {
    expect(FAULTS.filter(({ code }) => !codes.includes(code)).map(({ id }) => id)).toEqual([]);
  });
});

describe('the page of a finding', () => {
  it('is headed by its code, with what it is under it', () => {
    expect(
      pages
        .filter(({ code, title, intro }) => title !== `# ${code}` || !/^[^#-].{20,}\.$/s.test(intro))
        .map(({ code }) => code),
    ).toEqual([]);
  });

  it('has every section, filled and in order, and none but sources beside them', () => {
    const wrong = pages.filter(
      ({ sections }) =>
        [...sections.keys()].filter((name, at) => name !== 'Sources' || at !== SECTIONS.length).join() !==
          SECTIONS.join() || [...sections.values()].includes(''),
    );
    expect(wrong.map(({ code }) => code)).toEqual([]);
  });

  it('gives a command under "How to verify"', () => {
    expect(
      pages
        .filter(({ sections }) => !/^ {4}(netwright|kubectl|ssh|curl) /m.test(sections.get('How to verify') ?? ''))
        .map(({ code }) => code),
    ).toEqual([]);
  });

  it('says how it is mended on Hetzner Cloud where the finding does', () => {
    const named = new Set(
      catalogue
        .filter(({ remedy }) => remedy(viewOf([]), [{}]).some(({ provider }) => provider === 'hetzner'))
        .map(({ code }) => code),
    );
    expect(
      documented
        .filter(
          ({ code, sections }) => named.has(code) && !/^- Hetzner Cloud: /m.test(sections.get('How to mend it') ?? ''),
        )
        .map(({ code }) => code),
    ).toEqual([]);
  });

  it('names every form of its lab fault, the first with the command', () => {
    const unnamed = documented.flatMap((page) => {
      const ids = idsOf(page.code);
      const command = ids.some((id) => lab(page).includes(`netwright lab fault inject ${id}`));
      const missing = ids.filter(
        (id) => !lab(page).includes(id) && !new RegExp(`[ (]/${id.split('/')[1]}(?![\\w-])`).test(lab(page)),
      );
      return ids.length > 0 && !command ? [`${page.code}: no command`] : missing;
    });
    expect(unnamed).toEqual([]);
  });

  it('says so where there is no lab fault, and nowhere else', () => {
    expect(
      pages
        .filter((page) => lab(page).startsWith('No lab fault: '))
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual(codes.filter((code) => idsOf(code).length === 0).toSorted());
  });

  it('names no lab fault that the lab does not have', () => {
    const known = new Set(FAULTS.map(({ id }) => id));
    const named = pages.flatMap(({ code, sections }) => {
      const text = [...sections.values()].join('\n');
      const ids = [...text.matchAll(/netwright lab fault inject (\S+)|`([a-z0-9-]+\/[a-z0-9-]+)`/g)].flatMap(
        ([, injected, quoted]) => injected ?? (codes.includes(quoted?.split('/')[0] ?? '') ? quoted : undefined) ?? [],
      );
      const forms = [...lab({ code, title: '', intro: '', sections }).matchAll(/[ (]\/([a-z0-9-]+)/g)].map(
        ([, form]) => `${code}/${form}`,
      );
      return [...ids, ...forms].map((id) => ({ code, id }));
    });
    expect(named.filter(({ id }) => !known.has(id))).toEqual([]);
  });

  it('leads to other pages that are there', () => {
    const dead = files.flatMap((file) =>
      [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) =>
        /^https?:\/\//.test(target) || existsSync(new URL(target.split('#')[0] ?? '', new URL(file, PAGES)))
          ? []
          : [`${file}: ${target}`],
      ),
    );
    expect(dead).toEqual([]);
  });

  it('calls a page that it leads to by its code, and is not its own rival', () => {
    const links = pages.flatMap(({ code, sections }) =>
      [...[...sections.values()].join('\n').matchAll(/\[([^\]]+)\]\(([a-z0-9-]+)\.md\)/g)].map(([, text, target]) => ({
        code,
        text,
        target,
      })),
    );
    expect(links.length).toBeGreaterThan(codes.length);
    expect(links.filter(({ code, text, target }) => text !== target || target === code)).toEqual([]);
  });
});
