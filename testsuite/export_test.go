package testsuite

// Spanner's own metadata, which the methods of the service make.
var (
	DDLMetadata     = ddlMetadata
	DefaultMetadata = defaultMetadata
	PlainMetadata   = plainMetadata
	TimesMetadata   = timesMetadata
)
