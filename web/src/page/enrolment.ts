// An operator key is enrolled by who holds it: the node is asked for a challenge, `liptako key enrol` signs it on the
// machine that has the key, and what that prints is pasted here. The same on the setup page and in the account's panel.
import { enrolCommand, parseProof, type Proof } from '../session.ts';
import { byId, setText } from './dom.ts';
import { text } from './i18n.ts';
import { refusalOf, request } from './requests.ts';

export class KeyProof {
  private readonly field = byId<HTMLTextAreaElement>('key-proof');
  private readonly ask = byId<HTMLButtonElement>('key-ask');
  private readonly command = byId<HTMLElement>('key-command');

  // `given`: what the node needs to know besides the session; `tell`: where a refusal is said.
  constructor(
    private readonly base: string,
    private readonly given: () => Record<string, string>,
    private readonly tell: (refusal: string) => void,
  ) {
    this.ask.addEventListener('click', () => void this.askNode());
  }

  get isEmpty(): boolean {
    return this.field.value.trim() === '';
  }
  // null: what was pasted is none.
  read(): Proof | null {
    return parseProof(this.field.value);
  }
  clear(): void {
    this.field.value = '';
    this.command.hidden = true;
  }

  private async askNode(): Promise<void> {
    this.ask.disabled = true;
    const answer = await request(this.base, 'api/v1/enrolment', this.given());
    this.ask.disabled = false;
    this.tell(answer.ok ? '' : refusalOf(answer));
    const command = answer.ok ? enrolCommand(answer.value, text('keyFile')) : '';
    this.command.hidden = command === '';
    setText(this.command, command);
  }
}
