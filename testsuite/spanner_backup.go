package testsuite

// createBackup is the one create whose id is a query parameter; its body is the
// backup itself.
func (s *Service) createBackup(r request) reply {
	fields := map[string]any{}
	if refusal := decode(r.body, &fields); refusal != nil {
		return *refusal
	}
	database, _ := fields["database"].(string)
	switch {
	case r.args.Get("backupId") == "":
		return invalidArgument("backupId is missing")
	case s.find(database) == nil:
		return notFound(kindDatabase.singular, database)
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
	if refusal := decode(r.body, &body); refusal != nil {
		return *refusal
	}
	source := s.find(body.Source)
	switch {
	case body.BackupID == "":
		return invalidArgument("backupId is missing")
	case source == nil:
		return notFound(kindBackup.singular, body.Source)
	}
	metadata := map[string]any{"name": r.name, "sourceBackup": body.Source}
	fields := pick(source.fields, "")
	fields["expireTime"] = body.ExpireTime
	return s.makeResource(r, kindBackup, ProgressMetadata(typeCopyBackup, metadata), fields)
}

// updateBackup is no operation: its change holds at once.
func (s *Service) updateBackup(r request) reply {
	fields := map[string]any{}
	if refusal := decode(r.body, &fields); refusal != nil {
		return *refusal
	}
	backup, mask := s.find(r.name), r.args.Get("updateMask")
	switch {
	case backup == nil:
		return notFound(kindBackup.singular, r.name)
	case mask == "":
		return invalidArgument("updateMask is missing")
	}
	for field, value := range pick(fields, mask) {
		backup.fields[field] = value
	}
	return ok(object(backup.json(s.clock.Now())))
}
