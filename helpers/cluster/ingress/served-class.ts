import type { V1IngressClass } from '@kubernetes/client-node';
import type { IngressController } from './controllers.ts';
import { controllerOf, isDefault, nameOf } from './known-controllers.ts';

/** The class that an Ingress gets which says nothing: the wanted one, else the default, else the only one. */
function classAmong(classes: readonly V1IngressClass[], wanted: string | undefined): V1IngressClass | string {
  const named = classes.map(nameOf).join(', ');
  if (wanted !== undefined)
    return classes.find((each) => nameOf(each) === wanted) ?? `there is no class ${wanted}, but ${named || 'none'}`;
  const defaults = classes.filter(isDefault);
  const [only, ...others] = defaults.length > 0 ? defaults : classes;
  if (!only) return 'the cluster has no IngressClass';
  return others.length === 0 ? only : `of the classes ${named} none is the one default`;
}

/** Where an Ingress of ours is served. */
export interface ServedClass {
  className: string;
  tls: boolean;
  /** Its controller, by its place among those that were found. */
  place: number;
}

export interface ClassQuery {
  classes: readonly V1IngressClass[];
  /** The class that is configured. */
  wanted?: string;
  /** Those that were found. */
  controllers: readonly Pick<IngressController, 'classes' | 'pods'>[];
  /** Whether it is configured where the main one is. */
  isPlaced: boolean;
}

/** The class to make an Ingress of, and the controller that serves it; or why none is made. Pure. */
export function servedClass({ classes, wanted, controllers, isPlaced }: ClassQuery): ServedClass | string {
  const found = classAmong(classes, wanted);
  if (typeof found === 'string') return found;
  const [className, controller] = [nameOf(found), found.spec?.controller ?? ''];
  const known = controllerOf(found);
  if (!known && wanted === undefined)
    return `what the controller ${controller} of the class ${className} makes for an Ingress is not known`;
  const claimed = controllers.findIndex((each) => each.classes?.includes(className));
  const named = controllers.findIndex(({ pods }) => pods.some(({ name }) => !known || known.pods.test(name)));
  const place = claimed >= 0 ? claimed : named >= 0 ? named : isPlaced ? 0 : undefined;
  return place === undefined
    ? `no pod of the controller ${controller} of the class ${className} was found to be reached from outside`
    : { className, tls: known?.tls ?? false, place };
}
