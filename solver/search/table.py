"""Tables in kernels: arrays of which more is known than numba asks of an array.

Indices don't count from the end; lines of some tables are as long for every problem
(`layout.LINES`); no two tables share memory, and those of `Data` are never written to. So LLVM
need not add a length to what may be negative, multiplies by constants, and keeps what it has read
of one table while another one is written to. With `NUMBA_BOUNDSCHECK=1` every index is checked.
"""

from __future__ import annotations

import operator
from typing import Any

from numba.core import cgutils
from numba.core.datamodel import models, register_default
from numba.core.imputils import lower_builtin
from numba.core.types import Any as Anything
from numba.core.types import Array, Integer, intp, uintp
from numba.core.types.containers import BaseTuple, NamedTuple
from numba.extending import intrinsic
from numba.np import arrayobj

from solver.search.layout import LINES, Data


class Table(Array):
    """Numba's type of a table, or of what is left of it after some indices.

    Attributes:
        table: its name in `Data` or `State`.
        kept: whether nothing ever writes to it.
    """

    def __init__(self, dtype: Any, ndim: int, table: str, kept: bool) -> None:
        """`ndim` >= 1."""
        self.table, self.kept = table, kept
        super().__init__(dtype, ndim, "C", name=f"table({table}, {dtype}, {ndim}d, {kept})")

    @property
    def key(self) -> tuple[Any, ...]:
        """Tables of one key are of one type."""
        return self.dtype, self.ndim, self.table, self.kept

    @property
    def mangling_args(self) -> tuple[str, tuple[Any, ...]]:
        """From which names of compiled functions are made."""
        return type(self).__name__, (self.dtype, self.ndim, self.table, int(self.kept))

    def copy(  # type: ignore[override]
        self, dtype: Any = None, ndim: int | None = None, layout: Any = None, readonly: Any = None
    ) -> Table:
        """The type of a view, for numba: the same table with so many dimensions."""
        return Table(self.dtype, self.ndim if ndim is None else ndim, self.table, self.kept)


register_default(Table)(models.ArrayModel)


@intrinsic  # type: ignore[untyped-decorator]
def as_tables(typing: Any, fields: Any) -> Any:
    """The same `Data` or `State`, its arrays as tables."""
    owner = fields.instance_class
    kinds = [
        Table(kind.dtype, kind.ndim, name, owner is Data)
        for name, kind in zip(owner._fields, fields.types, strict=True)
    ]
    made = NamedTuple(kinds, owner)

    def generate(context: Any, builder: Any, _signature: Any, told: Any) -> Any:
        return context.make_tuple(builder, made, cgutils.unpack_tuple(builder, told[0]))

    return made(fields), generate


@intrinsic  # type: ignore[untyped-decorator]
def as_scratch(typing: Any, array: Any) -> Any:
    """An array that was handed in as if it were a line of `State.scratch`."""
    made = Table(array.dtype, array.ndim, "scratch", kept=False)

    def generate(_context: Any, _builder: Any, _signature: Any, told: Any) -> Any:
        return told[0]

    return made(array), generate


@lower_builtin(operator.getitem, Table, Integer)  # type: ignore[untyped-decorator]
@lower_builtin(operator.getitem, Table, BaseTuple)  # type: ignore[untyped-decorator]
def _read(context: Any, builder: Any, signature: Any, told: Any) -> Any:
    """An element; with fewer indices than dimensions a view."""
    table = signature.args[0]
    array = arrayobj.make_array(table)(context, builder, told[0])
    where, left = _find(context, builder, signature, told, array)
    if not left:
        element = builder.load(where)
        _tell(builder.module, table, element)
        if table.kept:
            element.set_metadata("invariant.load", builder.module.add_metadata([]))
        return element
    strides = [array.itemsize]
    for length in left[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    view = arrayobj.make_view(
        context, builder, table, array, signature.return_type, where, left, strides
    )
    return view._getvalue()


@lower_builtin(operator.setitem, Table, Integer, Anything)  # type: ignore[untyped-decorator]
@lower_builtin(operator.setitem, Table, BaseTuple, Anything)  # type: ignore[untyped-decorator]
def _write(context: Any, builder: Any, signature: Any, told: Any) -> Any:
    """Of an element only; there are as many indices as dimensions."""
    table, _, kind = signature.args
    array = arrayobj.make_array(table)(context, builder, told[0])
    where, _ = _find(context, builder, signature, told, array)
    stored = builder.store(context.cast(builder, told[2], kind, table.dtype), where)
    _tell(builder.module, table, stored)
    return context.get_dummy_value()


def _find(context: Any, builder: Any, signature: Any, told: Any, array: Any) -> tuple[Any, Any]:
    """The address that the indices lead to, and the lengths of the dimensions that are left."""
    table, kinds, indices = signature.args[0], signature.args[1], told[1]
    if isinstance(kinds, BaseTuple):
        kinds, indices = kinds.types, cgutils.unpack_tuple(builder, indices)
    else:
        kinds, indices = (kinds,), (indices,)
    lengths = cgutils.unpack_tuple(builder, array.shape)
    if table.table in LINES:
        lengths[-1] = lengths[-1].type(LINES[table.table])
    place = lengths[-1].type(0)
    for axis, length in enumerate(lengths):
        if axis > 0:
            place = builder.mul(place, length, flags=["nsw"])
        if axis < len(kinds):
            word = intp if kinds[axis].signed else uintp
            index = context.cast(builder, indices[axis], kinds[axis], word)
            if context.enable_boundscheck:
                cgutils.do_boundscheck(context, builder, index, length, axis)
            place = builder.add(place, index, flags=["nsw"])
    return builder.gep(array.data, [place], inbounds=True), lengths[len(kinds) :]


def _tell(module: Any, table: Table, access: Any) -> None:
    """LLVM that this touches no other table (type-based alias analysis)."""
    start = cgutils.intp_t(0)
    kind = module.add_metadata([table.table, module.add_metadata(["citywave"]), start])
    access.set_metadata("tbaa", module.add_metadata([kind, kind, start]))
