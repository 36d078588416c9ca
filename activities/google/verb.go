package google

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// verbOf is the verb in metadata, such as "create", "CREATE_CLUSTER", "compute.instanceGroupManagers.insert" or
// "google.appengine.v1.Versions.CreateVersion"; "" if it has none. The fields are those by which the catalog
// says that metadata tells the verb.
func verbOf(metadata fields) string {
	for _, field := range []string{"verb", "operationType", "method", "apiMethod"} {
		if verb := textOf(metadata[field]); verb != "" {
			return verb
		}
	}
	return ""
}

// isVerb reports whether the verb in metadata may be that of the method. It may have the method's service and
// collection before it, and the resource's kind behind it. Without one it may.
func (m method) isVerb(verb string) bool {
	verb = letters(verb[strings.LastIndexAny(verb, "./:")+1:])
	if verb == "" || enumerated[m.Shape][verb][m.lastWords(2)] {
		return true
	}
	kinds := m.kindWords()
	for _, word := range m.verbs() {
		if rest, ok := strings.CutPrefix(verb, word); ok && (rest == "" || slices.Contains(kinds, rest)) {
			return true
		}
	}
	return false
}

// verbs are the words for the method in metadata.
func (m method) verbs() []string {
	own := letters(m.lastWords(1))
	switch own {
	case "create", "insert":
		return []string{"create", "insert"}
	case "patch", "update":
		return []string{"update", "patch"}
	}
	if m.Makes() {
		return []string{own, "create"}
	}
	return []string{own}
}

// lastWords are the last n words of the method's id, such as "clusters.create".
func (m method) lastWords(n int) string {
	parts := strings.Split(m.ID, ".")
	return strings.Join(parts[max(len(parts)-n, 0):], ".")
}

// kindWords are the words for the target's kind behind a verb: the schema's name, and the collection's in the
// singular and in the plural.
func (m method) kindWords() []string {
	form, _, _ := strings.Cut(m.Target(), ":")
	plural := letters(lastOf(strings.TrimSuffix(form, "/*")))
	found := []string{letters(m.Type), plural}
	for ending, singular := range map[string]string{"s": "", "es": "", "ies": "y"} {
		if stem, ok := strings.CutSuffix(plural, ending); ok && stem != "" {
			found = append(found, stem+singular)
		}
	}
	return found
}

// letters is a text's letters in lower case.
func letters(text string) string {
	return strings.Map(func(c rune) rune {
		if c < 'a' || c > 'z' {
			return -1
		}
		return c
	}, strings.ToLower(text))
}

// enumerated are the words, by their letters, that services with an enumeration of them have for methods whose
// own name says something else. A method is the last two words of its id
// (Operation.operationType in the documents container/v1 and sqladmin/v1 of google.golang.org/api v0.311.0).
var enumerated = map[catalog.Shape]map[string]map[string]bool{
	catalog.Container: {
		"updatecluster": words("clusters.update nodePools.setAutoscaling nodePools.autoscaling clusters.startIpRotation clusters.completeIpRotation " +
			"clusters.setAddons clusters.addons clusters.setLegacyAbac clusters.legacyAbac clusters.setLocations clusters.locations " +
			"clusters.setLogging clusters.logging clusters.setMonitoring clusters.monitoring clusters.setResourceLabels clusters.resourceLabels " +
			"clusters.setMaintenancePolicy clusters.setMasterAuth clusters.setNetworkPolicy"),
		"upgrademaster":         words("clusters.update clusters.updateMaster clusters.master clusters.completeControlPlaneUpgrade"),
		"upgradenodes":          words("clusters.update nodePools.update nodePools.rollback"),
		"setnodepoolsize":       words("nodePools.setSize"),
		"setnodepoolmanagement": words("nodePools.setManagement"),
	},
	catalog.SQLAdmin: {
		"createreplica":       words("instances.insert"),
		"createreadpool":      words("instances.insert"),
		"createclone":         words("instances.clone instances.pointInTimeRestore"),
		"clone":               words("instances.pointInTimeRestore"),
		"majorversionupgrade": words("instances.patch instances.update"),
		"managebackup":        words("instances.patch instances.update"),
		"restorevolume":       words("instances.restoreBackup"),
		"backup":              words("backupRuns.insert Backups.CreateBackup"),
		"backupvolume":        words("backupRuns.insert Backups.CreateBackup"),
		"enhancedbackup":      words("backupRuns.insert Backups.CreateBackup"),
		"deletebackup":        words("backupRuns.delete"),
		"deletevolume":        words("backupRuns.delete Backups.DeleteBackup"),
		"update": words("instances.addServerCa instances.addServerCertificate instances.addEntraIdCertificate instances.rotateServerCa " +
			"instances.RotateServerCertificate instances.RotateEntraIdCertificate instances.resetSslConfig instances.resetReplicaSize instances.performDiskShrink"),
	},
}
