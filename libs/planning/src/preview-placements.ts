import { chooseToLetGo, membersOf, type Member } from './fleet.js';
import { place, type HostRoom, type PlacementRequest, type Refusal } from './placement.js';
import type { Course } from './set-course.js';
import type { ServiceView } from './service-plan.js';

/** Where a machine that is to be cast would go. */
export type PreviewedPlacement = {
  /** Null: no host can take it. */
  readonly host: string | null;
  readonly reason: string;
  readonly refused: readonly Refusal[];
};

export type PreviewedPlacements = {
  /** In the order in which they are cast; after the first one without a host there are no more. */
  readonly placements: readonly PreviewedPlacement[];
  /** Most machines of the service at once, those on standby among them. */
  readonly peak: number;
};

export type PlacementQuestion = {
  readonly view: ServiceView;
  readonly course: Course;
  readonly rooms: readonly HostRoom[];
  readonly request: PlacementRequest;
  /** How many machines are to be cast. */
  readonly casts: number;
  /** Memory of each machine that is there now, in MiB. */
  readonly memoryMiB: number;
};

/** Hosts and machines as they would be at one moment of the rollout. */
type World = {
  readonly rooms: readonly HostRoom[];
  /** To be replaced by what is cast, and still there. */
  readonly old: readonly Member[];
  readonly waiting: readonly Member[];
  /** Those that stay, and those that were cast. */
  readonly staying: readonly Member[];
};

/**
 * The whole rollout, machine by machine, by the bounds of its course: as many are cast as may be, then old ones make room. An
 * old one is parked where machines are, and a parked one goes when a cast finds no room. Every machine is taken to become
 * healthy.
 */
export function previewPlacements(question: PlacementQuestion): PreviewedPlacements {
  const { view, course, casts } = question;
  const members = membersOf(view.fleet, view.service.shares);
  const present = members.filter(({ standing }) => standing !== 'standby' && standing !== 'leaving');
  let world: World = {
    rooms: question.rooms,
    old: present.filter(({ iteration }) => !course.accepts(iteration)),
    waiting: members.filter(({ standing }) => standing === 'standby'),
    staying: present.filter(({ iteration }) => course.accepts(iteration)),
  };
  if (course.strategy === 'recreate') world = letAllGo(world, question);
  const placements: PreviewedPlacement[] = [];
  let peak = countOf(world);
  while (placements.length < casts) {
    while (serving(world) >= course.ceiling && mayLetGo(world, course)) world = letOneGo(world, question);
    const [placed, after] = placeOne(world, question);
    placements.push(placed);
    if (placed.host === null) break;
    world = after;
    peak = Math.max(peak, countOf(world));
  }
  return { placements, peak };
}

/** Of one that finds no room, what may go to make room goes first. */
function placeOne(world: World, question: PlacementQuestion): readonly [PreviewedPlacement, World] {
  let tried = world;
  for (;;) {
    const { host, reason, refused } = place(question.request, tried.rooms);
    if (host !== null) {
      const rooms = change(tried.rooms, host, question.request.memoryMiB, 1);
      return [
        { host, reason, refused },
        { ...tried, rooms, staying: [...tried.staying, castOn(host, question.course, tried)] },
      ];
    }
    if (tried.waiting.length > 0) tried = endOneStandby(tried, question);
    else if (mayLetGo(tried, question.course)) tried = letOneGo(tried, question);
    else return [{ host, reason, refused }, world];
  }
}

const castOn = (host: string, { iteration }: Course, { staying }: World): Member => ({
  id: `cast-${staying.length}`,
  iteration,
  host,
  status: 'available',
  statusReason: null,
  createdAt: NOW,
  availableAt: NOW,
  standbyAt: null,
  standing: 'ready',
  busy: false,
  mayCallOff: false,
});
/** Which moment it is plays no part: what is cast does not leave. */
const NOW = new Date(0);

const serving = ({ old, staying }: World): number => old.length + staying.length;
const countOf = (world: World): number => serving(world) + world.waiting.length;

/** A whole set stays until the other one is whole; else never below the floor. */
const mayLetGo = (world: World, { kind, floor, strategy }: Course): boolean =>
  kind === 'rollout' && strategy !== 'blueGreen' && world.old.length > 0 && serving(world) > floor;

function letOneGo(world: World, question: PlacementQuestion): World {
  const { service } = question.view;
  const [gone] = chooseToLetGo(world.old, 1, [...world.old, ...world.staying], service.rollout.order);
  if (gone === undefined) return world;
  const old = world.old.filter(({ id }) => id !== gone.id);
  const isParked = service.rollout.standbySeconds > 0 && world.waiting.length < service.replicas;
  if (isParked) return { ...world, old, waiting: [...world.waiting, gone] };
  return { ...world, old, rooms: change(world.rooms, gone.host, -question.memoryMiB, -1) };
}

function letAllGo(world: World, question: PlacementQuestion): World {
  let after = world;
  while (after.old.length > 0) after = letOneGo(after, question);
  return after;
}

function endOneStandby(world: World, { memoryMiB }: PlacementQuestion): World {
  const [gone, ...waiting] = world.waiting;
  if (gone === undefined) return world;
  return { ...world, waiting, rooms: change(world.rooms, gone.host, -memoryMiB, -1) };
}

const change = (
  rooms: readonly HostRoom[],
  host: string | null,
  memoryMiB: number,
  machines: number,
): readonly HostRoom[] =>
  rooms.map((room) =>
    room.host.name === host
      ? {
          ...room,
          reservedMemoryMiB: room.reservedMemoryMiB + memoryMiB,
          instances: room.instances + machines,
          ofService: room.ofService + machines,
        }
      : room,
  );
