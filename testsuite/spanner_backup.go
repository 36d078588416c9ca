package testsuite

import (
	"cmp"
	"maps"

	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// createBackup is the one create whose id is a query parameter; its body is the
// backup itself.
func (s *Service) createBackup(r request) reply {
	fields := map[string]any{}
	r.decode(&fields)
	if r.args.Get("backupId") == "" {
		return invalidArgument("backupId is missing")
	}
	instance := instanceOf(r.name)
	database, _ := fields["database"].(string)
	if refusal := cmp.Or(s.unusable(instance), s.unready(kindDatabase, database)); refusal != nil {
		return *refusal
	}
	ofDatabase := func(other *resource) bool { return other.fields["database"] == database }
	if s.find(r.name) == nil && s.making(instance+"/backups/", createBackup, ofDatabase) {
		return failedPrecondition("a backup of %s is being created", database)
	}
	metadata := map[string]any{"name": r.name, "database": database}
	return s.makeResource(r, kindBackup, ProgressMetadata(typeCreateBackup, metadata), fields)
}

// copyBackup makes a backup with the source's fields and a time of its own to
// expire.
func (s *Service) copyBackup(r request) reply {
	var body struct {
		BackupID   string `json:"backupId"`
		Source     string `json:"sourceBackup"`
		ExpireTime string `json:"expireTime"`
	}
	r.decode(&body)
	if body.BackupID == "" {
		return invalidArgument("backupId is missing")
	}
	if refusal := cmp.Or(s.unusable(instanceOf(r.name)), s.unready(kindBackup, body.Source)); refusal != nil {
		return *refusal
	}
	metadata := map[string]any{"name": r.name, "sourceBackup": body.Source}
	fields := maps.Clone(s.find(body.Source).fields)
	fields["expireTime"] = body.ExpireTime
	return s.makeResource(r, kindBackup, ProgressMetadata(typeCopyBackup, metadata), fields)
}

// updateBackup is no operation: its change holds at once.
func (s *Service) updateBackup(r request) reply {
	fields := map[string]any{}
	r.decode(&fields)
	backup, mask := s.find(r.name), r.args.Get("updateMask")
	switch {
	case backup == nil:
		return notFound(kindBackup.singular, r.name)
	case mask == "":
		return invalidArgument("updateMask is missing")
	}
	masked, err := spannerjson.Masked(kindBackup.schema, fields, mask)
	if err != nil {
		return invalidArgument("%v", err)
	}
	maps.Copy(backup.fields, masked)
	backup.fields["name"] = r.name
	return ok(object(backup.json(s.clock.Now())))
}
