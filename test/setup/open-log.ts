/**
 * SQL by which a test's database decides although no sealer works on it: the log is open on the running server, for ever.
 * Only the owner may. A sealer that starts there keeps it open from then on, and no longer than rows may wait.
 */
export const OPEN_LOG = "SELECT seal.name_server('infinity')";
