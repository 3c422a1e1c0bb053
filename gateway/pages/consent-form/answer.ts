/**
 * The answer to the operation consent-form for the group's coordinator. If a part is missing, there is an error and no
 * form.
 */
export interface ConsentFormAnswer {
  readonly consent: FormConsent;
}

export interface FormConsent {
  readonly version: number;
  readonly status: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly purpose: string;
  readonly paperReference: string;
  readonly informationGiven: string;
  readonly language: string;
  readonly interpreter: boolean;
  readonly group: {
    readonly leadAgency: { readonly name: string };
    readonly programme: { readonly name: string };
  };
  readonly transition: {
    readonly presentUntil: string | null;
    readonly readFrom: string | null;
    readonly toAcknowledge: readonly { readonly name: string }[];
  };
  readonly grants: readonly FormGrant[];
  readonly signers: readonly FormSigner[];
}

export interface FormGrant {
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
  readonly source: { readonly name: string };
  readonly recipient: { readonly name: string };
  readonly category: { readonly nameSv: string; readonly nameEn: string; readonly youthSigns: boolean };
}

export interface FormSigner {
  readonly capacity: string;
  readonly mustSign: boolean;
  readonly givesOwnView: boolean;
  readonly isOfAge: boolean;
  readonly isExcused: boolean;
}
