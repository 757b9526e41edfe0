// The list of tracks: the accessible twin of the map. Only the rows in sight exist; the worker sorts, searches
// and sends the window asked for. Arrow keys move, Enter selects.
import { codesOf, commonNumber, type MemberStatus } from '../federation.ts';
import { age, angle, icaoAddress, level, modeA, tendency } from '../format.ts';
import type { ListRequest, Row, SortKey } from '../messages.ts';
import { Mark } from '../marks.ts';
import { Status } from '../protocol.ts';
import type { TextKey } from './catalogue_fr.ts';
import { byId, make, setClass, setText } from './dom.ts';
import { text } from './i18n.ts';

export const ROW_HEIGHT = 23; // CSS pixels, as --row in console.css

// In the common picture the members take the place of the ground track angle (console.css).
const COLUMNS: readonly SortKey[] = [
  'track',
  'marks',
  'callSign',
  'level',
  'speed',
  'angle',
  'members',
  'age',
  'status',
];

const MARKS_AT = COLUMNS.indexOf('marks');

const MARKS: ReadonlyArray<[number, string, TextKey]> = [
  [Mark.position, 'P', 'markPosition'],
  [Mark.number, 'N', 'markNumber'],
  [Mark.other, '!', 'markOther'],
];
function markLetters(marks: number): string {
  return MARKS.flatMap(([bit, letter]) => (marks & bit ? [letter] : [])).join('');
}
function markWords(marks: number): string {
  return MARKS.flatMap(([bit, , key]) => (marks & bit ? [text(key)] : [])).join(', ');
}

export class TrackTable {
  private readonly scroller = byId<HTMLDivElement>('table-scroll');
  private readonly body = byId<HTMLDivElement>('table-body');
  private readonly empty = byId<HTMLParagraphElement>('table-empty');
  private readonly grid = byId<HTMLDivElement>('table');
  private readonly search = byId<HTMLInputElement>('search');
  private readonly markedOnly = byId<HTMLButtonElement>('marked-only');
  private readonly rows: HTMLDivElement[] = [];
  private readonly request: ListRequest = {
    first: 0,
    count: 40,
    sort: 'track',
    descending: false,
    search: '',
    markedOnly: false,
  };
  private shown: Row[] = [];
  private first = 0;
  private total = 0;
  private selected: number | null = null;
  private members: readonly MemberStatus[] | null = null;
  private focused = 0; // index in the whole list

  constructor(
    private readonly ask: (request: ListRequest) => void,
    private readonly select: (track: number) => void,
    private readonly centre: (track: number) => void,
  ) {
    for (const button of this.grid.querySelectorAll<HTMLButtonElement>('[data-sort]')) {
      button.addEventListener('click', () => this.sortBy(button.dataset.sort as SortKey));
    }
    this.scroller.addEventListener('scroll', () => this.fetch(), { passive: true });
    this.search.addEventListener('input', () => {
      this.request.search = this.search.value;
      this.scroller.scrollTop = 0;
      this.focused = 0;
      this.fetch();
    });
    this.markedOnly.addEventListener('click', () => this.showMarkedOnly(!this.request.markedOnly));
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.fetch()).observe(this.scroller);
    this.showOrder();
    this.fetch();
  }

  // The window of rows in sight, and a few more to either side.
  private fetch(): void {
    this.request.first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - 4);
    this.request.count = Math.ceil(this.scroller.clientHeight / ROW_HEIGHT) + 8;
    this.ask({ ...this.request });
  }

  private sortBy(key: SortKey): void {
    this.request.descending = this.request.sort === key ? !this.request.descending : false;
    this.request.sort = key;
    this.showOrder();
    this.fetch();
  }

  private showOrder(): void {
    for (const button of this.grid.querySelectorAll<HTMLButtonElement>('[data-sort]')) {
      const header = button.closest('[role=columnheader]') as HTMLElement;
      const mine = button.dataset.sort === this.request.sort;
      header.setAttribute(
        'aria-sort',
        mine ? (this.request.descending ? 'descending' : 'ascending') : 'none',
      );
    }
  }

  show(first: number, total: number, rows: Row[]): void {
    this.first = first;
    this.total = total;
    this.shown = rows;
    this.render();
  }

  // How many tracks have something doubted.
  setMarked(count: number): void {
    setText(this.markedOnly, `${text('markedOnly')}\u00a0${count}`);
    setClass(this.markedOnly, count > 0 ? 'some' : '');
  }

  // Of the federation, when the common picture is listed.
  setMembers(members: readonly MemberStatus[] | null): void {
    this.members = members;
    // Nobody tells doubts there: a list of them alone would be empty.
    if (members && this.request.markedOnly) this.showMarkedOnly(false);
  }

  private showMarkedOnly(on: boolean): void {
    this.request.markedOnly = on;
    this.markedOnly.setAttribute('aria-pressed', String(on));
    this.scroller.scrollTop = 0;
    this.focused = 0;
    this.fetch();
  }

  setSelected(track: number | null): void {
    this.selected = track;
    this.render();
  }

  render(): void {
    this.body.style.height = `${this.total * ROW_HEIGHT}px`;
    this.grid.setAttribute('aria-rowcount', String(this.total + 1));
    const { search, markedOnly } = this.request;
    setText(this.empty, this.total > 0 ? '' : text(search || markedOnly ? 'noMatch' : 'noTracks'));
    while (this.rows.length < this.shown.length) this.addRow();
    this.focused = Math.max(0, Math.min(this.focused, this.total - 1));
    this.rows.forEach((element, i) => {
      const row = this.shown[i];
      element.hidden = !row;
      if (!row) return;
      const index = this.first + i;
      element.style.top = `${index * ROW_HEIGHT}px`;
      element.dataset.track = String(row.track);
      element.setAttribute('aria-rowindex', String(index + 2));
      element.setAttribute('aria-selected', String(row.track === this.selected));
      element.tabIndex = index === this.focused ? 0 : -1;
      const state =
        row.status === Status.coasting
          ? 'coasting'
          : row.status === Status.confirmed
            ? 'confirmed'
            : 'tentative';
      setClass(element, `row ${state}`);
      const cells = element.children as HTMLCollectionOf<HTMLElement>;
      const icao = icaoAddress(row.icao);
      const code = modeA(row.mode3a);
      const name = row.callSign || icao || (code ? `A${code}` : '');
      const values: Record<SortKey, string> = {
        track: this.members ? commonNumber(row.track, this.members) : String(row.track),
        marks: markLetters(row.marks),
        callSign: name,
        level: `${level(row.altitudeFt)}${tendency(row.climbFtMin) || '\u00a0'}`,
        speed: String(Math.round(row.speedKt)),
        angle: angle(row.angleDeg),
        members: this.members ? codesOf(row.sensorsLow, row.sensorsHigh, this.members).join(' ') : '',
        age: age(row.ageMs),
        status: text(
          state === 'coasting'
            ? 'statusCoasting'
            : state === 'confirmed'
              ? 'statusConfirmed'
              : 'statusTentative',
        ),
      };
      COLUMNS.forEach((key, c) => setText(cells[c], values[key]));
      const said = markWords(row.marks);
      cells[MARKS_AT].title = said;
      if (said) cells[MARKS_AT].setAttribute('aria-label', said);
      else cells[MARKS_AT].removeAttribute('aria-label');
    });
  }

  private addRow(): void {
    const element = make('div', 'row');
    element.setAttribute('role', 'row');
    for (const key of COLUMNS) {
      const cell = make('span', `cell c-${key}`);
      cell.setAttribute('role', key === 'track' ? 'rowheader' : 'gridcell');
      element.append(cell);
    }
    element.addEventListener('click', () => {
      this.focused = this.first + this.rows.indexOf(element);
      this.select(Number(element.dataset.track));
    });
    element.addEventListener('dblclick', () => this.centre(Number(element.dataset.track)));
    this.rows.push(element);
    this.body.append(element);
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 1);
    const moves: Record<string, number> = {
      ArrowDown: this.focused + 1,
      ArrowUp: this.focused - 1,
      PageDown: this.focused + page,
      PageUp: this.focused - page,
      Home: 0,
      End: this.total - 1,
    };
    if (event.key === 'Enter' || event.key === ' ') {
      const row = this.shown[this.focused - this.first];
      if (row) this.select(row.track);
    } else if (event.key in moves) {
      this.focused = Math.max(0, Math.min(this.total - 1, moves[event.key]));
      const top = this.focused * ROW_HEIGHT;
      const { scrollTop, clientHeight } = this.scroller;
      if (top < scrollTop) this.scroller.scrollTop = top;
      else if (top + ROW_HEIGHT > scrollTop + clientHeight)
        this.scroller.scrollTop = top + ROW_HEIGHT - clientHeight;
      this.render();
      this.rows[this.focused - this.first]?.focus({ preventScroll: true });
    } else {
      return;
    }
    event.preventDefault();
  }
}
