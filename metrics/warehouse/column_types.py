"""How the types of a frame are written in DuckDB."""

import polars as pl

SQL_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "varchar",
    pl.Categorical: "varchar",
    pl.Enum: "varchar",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "timestamp",
    pl.Float32: "float",
    pl.Float64: "double",
    pl.Int8: "tinyint",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.UInt8: "utinyint",
    pl.UInt16: "usmallint",
    pl.UInt32: "uinteger",
    pl.UInt64: "ubigint",
}


def sql_type(dtype: pl.DataType) -> str:
    """The DuckDB type that holds a Polars column without loss. KeyError for a type no table of a generation has."""
    return SQL_TYPES[dtype.base_type()]
