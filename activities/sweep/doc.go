// Package sweep has the activities by which a sweep looks for orphans: FindMarked lists operations and
// labeled resources below given parents, FindOwners finds the workflows whose keys they bear, FindLeft the waits that
// were ended without a cancel of their operations. They only read. Package activities/orphans has their payloads, and workflows.Sweep runs them.
package sweep
