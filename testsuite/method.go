package testsuite

import (
	"cmp"
	"slices"
	"strings"
)

// Method names a method of an API, such as "CreateDatabase": one of
// google.longrunning.Operations, or of Spanner's admin APIs. A Method that the
// [Service] does not have is refused wherever it is named.
//
// The methods of Spanner that start an operation can be planned: CreateInstance,
// UpdateInstance, MoveInstance, CreateDatabase, UpdateDatabase, UpdateDatabaseDdl,
// RestoreDatabase, ChangeQuorum, CreateBackup, CopyBackup, CreateInstanceConfig,
// UpdateInstanceConfig, CreateInstancePartition, UpdateInstancePartition, and
// OptimizeRestoredDatabase, which follows a RestoreDatabase by itself. The others
// are the Get, List and Delete of each resource, DropDatabase, UpdateBackup and
// GetDatabaseDdl.
//
// A service of package catalog other than Spanner has the start methods of all its versions, by their
// ids, such as "alloydb.projects.locations.clusters.create". They can be planned. It has the get, list
// and delete of what they make, by the same id with "get", "list" or "delete" as its last word.
type Method string

// The methods of google.longrunning.Operations.
const (
	MethodGet    Method = "GetOperation"
	MethodCancel Method = "CancelOperation"
	MethodDelete Method = "DeleteOperation"
	MethodList   Method = "ListOperations"
	// MethodWait is a read that is answered once the operation has ended or its timeout is over. A
	// service has it if Options.Waits say so.
	MethodWait Method = "WaitOperation"
)

// The methods of Spanner's admin APIs.
const (
	createInstance           Method = "CreateInstance"
	updateInstance           Method = "UpdateInstance"
	getInstance              Method = "GetInstance"
	listInstances            Method = "ListInstances"
	deleteInstance           Method = "DeleteInstance"
	moveInstance             Method = "MoveInstance"
	createDatabase           Method = "CreateDatabase"
	updateDatabase           Method = "UpdateDatabase"
	updateDatabaseDdl        Method = "UpdateDatabaseDdl"
	restoreDatabase          Method = "RestoreDatabase"
	getDatabase              Method = "GetDatabase"
	getDatabaseDdl           Method = "GetDatabaseDdl"
	listDatabases            Method = "ListDatabases"
	dropDatabase             Method = "DropDatabase"
	changeQuorum             Method = "ChangeQuorum"
	createBackup             Method = "CreateBackup"
	copyBackup               Method = "CopyBackup"
	updateBackup             Method = "UpdateBackup"
	getBackup                Method = "GetBackup"
	listBackups              Method = "ListBackups"
	deleteBackup             Method = "DeleteBackup"
	createInstanceConfig     Method = "CreateInstanceConfig"
	updateInstanceConfig     Method = "UpdateInstanceConfig"
	getInstanceConfig        Method = "GetInstanceConfig"
	listInstanceConfigs      Method = "ListInstanceConfigs"
	deleteInstanceConfig     Method = "DeleteInstanceConfig"
	createInstancePartition  Method = "CreateInstancePartition"
	updateInstancePartition  Method = "UpdateInstancePartition"
	getInstancePartition     Method = "GetInstancePartition"
	listInstancePartitions   Method = "ListInstancePartitions"
	deleteInstancePartition  Method = "DeleteInstancePartition"
	optimizeRestoredDatabase Method = "OptimizeRestoredDatabase"

	// unknown stands for HTTP requests that are none of the above.
	unknown Method = "Unknown"
)

// operationMethods are those of google.longrunning.Operations.
var operationMethods = []Method{MethodGet, MethodCancel, MethodDelete, MethodList, MethodWait}

const wantMethod = "a method of the service, such as GetOperation, CreateDatabase or alloydb.projects.locations.clusters.create"

// unknownMethod returns the first method that a service with these start methods does not have, "" if it
// has all.
func (t *startTable) unknownMethod(methods []Method) Method {
	for _, m := range methods {
		if t.byID[m] == nil && !slices.Contains(operationMethods, m) && m != unknown && (!t.hasSpanners() || !isSpanners(m)) {
			return m
		}
	}
	return ""
}

// hasSpanners reports whether the service has Spanner's methods: it is Spanner, or one that the catalog does not have.
func (t *startTable) hasSpanners() bool { return len(t.byID) == 0 }

func isSpanners(m Method) bool {
	return m == optimizeRestoredDatabase || slices.ContainsFunc(routes, func(r route) bool { return r.method == m })
}

// wantStart says what to write in place of a method that starts no operation: the nearest one of the service.
func (t *startTable) wantStart(m Method) string {
	var ids []string
	for id, route := range t.byID {
		if route.starts() {
			ids = append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return "a method that starts an operation, such as CreateInstance"
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(apart(string(m), a), apart(string(m), b)), cmp.Compare(a, b))
	})
	return "a method that starts an operation, such as " + ids[0]
}

// apart is how many letters of two ids remain between the beginning and the end that they share.
func apart(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) + len(b)
}

// starts reports whether the method starts an operation.
func (t *startTable) starts(m Method) bool {
	if route := t.byID[m]; route != nil {
		return route.starts()
	}
	_, takesBody := actions[m]
	return t.hasSpanners() && (takesBody && m != updateBackup || m == optimizeRestoredDatabase)
}

// Full names of Spanner's messages.
const (
	instancePackage       = "google.spanner.admin.instance.v1."
	databasePackage       = "google.spanner.admin.database.v1."
	typeInstance          = instancePackage + "Instance"
	typeDatabase          = databasePackage + "Database"
	typeBackup            = databasePackage + "Backup"
	typeCreateInstance    = instancePackage + "CreateInstanceMetadata"
	typeUpdateInstance    = instancePackage + "UpdateInstanceMetadata"
	typeCreateDatabase    = databasePackage + "CreateDatabaseMetadata"
	typeUpdateDatabase    = databasePackage + "UpdateDatabaseMetadata"
	typeUpdateDatabaseDdl = databasePackage + "UpdateDatabaseDdlMetadata"
	typeRestoreDatabase   = databasePackage + "RestoreDatabaseMetadata"
	typeOptimizeDatabase  = databasePackage + "OptimizeRestoredDatabaseMetadata"
	typeCreateBackup      = databasePackage + "CreateBackupMetadata"
	typeCopyBackup        = databasePackage + "CopyBackupMetadata"
	typeMoveInstance      = instancePackage + "MoveInstanceMetadata"
	typeChangeQuorum      = databasePackage + "ChangeQuorumMetadata"
	typeConfig            = instancePackage + "InstanceConfig"
	typeCreateConfig      = instancePackage + "CreateInstanceConfigMetadata"
	typeUpdateConfig      = instancePackage + "UpdateInstanceConfigMetadata"
	typePartition         = instancePackage + "InstancePartition"
	typeCreatePartition   = instancePackage + "CreateInstancePartitionMetadata"
	typeUpdatePartition   = instancePackage + "UpdateInstancePartitionMetadata"
)
