/**
 * The description of the API schema: the order of a case, and the rules for every operation. The gateway adds it to the schema
 * that clients see.
 */
export const ORDER_OF_A_CASE = `\
Samsyn is a shared view (samsyn) of the cooperation around a youth at risk of crime: SIG (sociala insatsgrupper) and SSPF.
Each agency keeps its own records. Another agency reads them only where the youth’s recorded consent (samtycke) grants it.

The order of a case:

1. Register the youth (ungdom): registerYouth. Record the guardians’ custody (vårdnad): recordCustody.
2. Propose a group (insatsgrupp): proposeGroup. Invite agencies: addSeat. Their managers name holder and deputy: fillSeat.
3. Open the group: openGroup.
4. Propose the consent: proposeConsent. Record each signature: signConsent. Each source agency acknowledges: acknowledgeConsent.
5. Link the youth to a person in the own agency’s data, for example schoolLinkYouth.
6. Record and read, for example recordAttendance and youth { attendance }.
7. Adopt the plan (åtgärdsplan): adoptActionPlan. Add commitments (åtaganden): addCommitment. Meet: scheduleMeeting, recordMeeting.
8. Record a withdrawal (återkallelse) at once: withdrawConsent. Renew a consent by a new version: proposeConsent.
9. Close the group: closeGroup.
10. Review the access log (åtkomstlogg): accessLog, accessReview. Give the youth an extract: accessReport.

Fields that you may not read are null, with an error that says why. Every read of a youth’s information is logged.`;
